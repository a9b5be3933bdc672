"""The face for analysts, and the page for those who write no code.

`import malstyr_lib as ms` brings the functions, each on its first use; they are listed there.

Names and docstrings are Swedish, since analysts meet them by tab completion and `ms.sok?`.
"""
