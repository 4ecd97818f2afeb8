"""Keys and signatures of the schemes that the IC knows (specification, "Signatures")."""
