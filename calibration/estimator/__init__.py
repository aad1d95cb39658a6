"""How models/places.onnx and models/fusion.npz were learned; ``python -m calibration.estimator.train`` runs all of it.

    passes.py    the poses of every photo, by posturecam's own finder
    squares.py   the squares to learn from, wider than those that the program sees
    redress.py   the same person with other skin, cloth, light, room and camera
    dataset.py   squares, true places and true angles in one file
    network.py   the network of models/places.onnx; with augment.py, teach.py and export.py
    rows.py      inputs and answers, as the program would have them
    ridge.py     the regressions
    fuse.py      the learned combination of models/fusion.npz
    bend.py      the same people bent in the photo itself
    further.py   teaching that goes on, on people as they dress every day
    widths.py    how wide its intervals are, on people that nothing was learned from
    renderer/    makes the photos, beside the phantom maker

Only network.py, augment.py, teach.py, export.py and further.py need PyTorch. posturecam itself never does.
"""
