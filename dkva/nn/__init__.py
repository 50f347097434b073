"""Networks: layers, frames drawn for training, optimisers, training that goes on after a kill; no method."""
