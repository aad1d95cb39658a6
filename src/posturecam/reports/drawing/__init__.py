"""How a measured body is drawn: canvas, scene, marks, labels, and a plain figure that stands for the photo."""
