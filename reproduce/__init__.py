"""One script a table or study: which videos, which methods, which seeds; ours printed beside theirs."""
