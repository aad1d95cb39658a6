"""How models/near_places.onnx and the head and neck of side views were learned; see README.md and LOG.md.

near_squares.py   squares and true places of rendered people seen from the side
near_network.py   the network and how it is taught
near_teach.py     the command: teaches one network for each third of the people left out, and writes the file
"""
