"""The exercise world and the stand-in Kolada server: what a demo, a course and the tests run on."""
