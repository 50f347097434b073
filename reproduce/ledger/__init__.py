"""The paper's numbers and claims, and what decides each claim."""
