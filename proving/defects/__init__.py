"""The planted defects, a short function each; a file for what they are planted in. Yours go into ours.py."""
