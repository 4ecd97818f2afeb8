"""What comes in from users: envelopes read and checked, and who may ask for what."""
