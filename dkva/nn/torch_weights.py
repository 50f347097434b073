"""Weights that PyTorch's users have: state dicts in NPZ, safetensors or PyTorch's own files."""

from __future__ import annotations

import pickle
import zipfile
from pathlib import Path

import numpy as np

__all__ = ["read_weights"]


def read_weights(path: Path) -> dict[str, np.ndarray]:
    """Arrays of a state dict by name; those of bfloat16 in float32, which holds the same numbers.

    Args:
        path: of an `.npz` file, of `.safetensors`, which needs safetensors and numbers that NumPy has, or of
            PyTorch's `.pth` or `.pt`, which needs PyTorch and is read without running what it may hold.

    Raises:
        ValueError: a file that is missing, cut short, no state dict or of another kind.
        ImportError: a package that the file needs is not installed.
    """
    path = Path(path)
    readers = {".npz": _npz, ".safetensors": _safetensors, ".pth": _torch, ".pt": _torch}
    if path.suffix not in readers:
        raise ValueError(f"{path} is no file of weights: give one that ends with {', '.join(readers)}")
    try:
        return readers[path.suffix](path)
    except FileNotFoundError as error:
        raise ValueError(f"{path}: there is no such file; check the path") from error
    except (
        OSError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        EOFError,
        RuntimeError,
        pickle.UnpicklingError,
        zipfile.BadZipFile,
    ) as error:
        raise ValueError(
            f"{path}: holds no state dict that NumPy can hold, or was cut short ({type(error).__name__}); "
            "fetch it again, in float32"
        ) from error


def _npz(path: Path) -> dict[str, np.ndarray]:
    with np.load(path, allow_pickle=False) as file:
        return {name: file[name] for name in file.files}


def _safetensors(path: Path) -> dict[str, np.ndarray]:
    try:
        from safetensors import SafetensorError
        from safetensors.numpy import load_file
    except ImportError as error:
        raise ImportError(f"{path} needs safetensors to be read: pip install safetensors") from error
    try:
        found = load_file(path)
    except SafetensorError as error:
        raise ValueError(str(error)) from error
    brain = {name for name, array in found.items() if array.dtype.name == "bfloat16"}
    return {name: array.astype(np.float32) if name in brain else array for name, array in found.items()}


def _torch(path: Path) -> dict[str, np.ndarray]:
    try:
        import torch
    except ImportError as error:
        raise ImportError(
            f"{path} needs PyTorch to be read: pip install torch, or save it elsewhere with "
            'numpy.savez("weights.npz", **{name: array.detach().numpy() for name, array in state.items()})'
        ) from error
    state = torch.load(path, map_location="cpu", weights_only=True)
    # Old files hold parameters, which have gradients; NumPy has no bfloat16.
    plain = {name: tensor.detach() for name, tensor in state.items()}
    return {
        name: (tensor.float() if tensor.dtype == torch.bfloat16 else tensor).numpy()
        for name, tensor in plain.items()
    }
