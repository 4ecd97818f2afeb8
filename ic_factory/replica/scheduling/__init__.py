"""Messages on their way: delivered, executed one at a time, answered."""
