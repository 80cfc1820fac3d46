"""What things cost: price lists, the budget's verdicts, GPUs that idle. Pure: values in, values out."""
