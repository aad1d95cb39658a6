"""The photo, and what it tells beside the body.

photo         the pixels and the facts of a photo, read from a file or from bytes
camera        pictures from a camera or a film
lens          distance, distortion and perspective; vertical: which way gravity points; scale: millimetres in a pixel
surroundings  all of these together

formats   told by the first bytes; nothing else is handed to a decoder
budget    what decoding a picture takes, known before a pixel is decoded
tiff      the directories of a TIFF: its pages, and the previews inside raw photos
dicom     photographs in DICOM files, with pydicom
opening   all of it together: bytes in, a picture to decode out
"""
