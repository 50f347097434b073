"""`dkva segment`, step by step: find the videos, work on each, collect what comes, report it."""
