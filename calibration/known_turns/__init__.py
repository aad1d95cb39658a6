"""Known differences on real pixels: a photographed person bent by a known amount, and how much of it is read.

    python -m calibration.known_turns front.jpg=front left.jpg=left
    python -m calibration.known_turns front.jpg=front --parts hip,shoulder --sheet bent.png --json bent.json

Nobody knows how the person in an ordinary photograph really stands. But a smooth warp of the photograph changes one
thing by a known amount, cloth, skin, hair and background with it, and leaves the rest alone; so the DIFFERENCE of two
readings has a truth, whatever the camera, the clothes or the light. Rendered people tell how far the warp is like the
real thing.
"""
