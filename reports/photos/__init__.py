"""Photos: taken from strangers, made clean, stored, made small, and shown only to those who may see them."""
