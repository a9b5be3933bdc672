"""The face for analysts and for those who write no code."""
