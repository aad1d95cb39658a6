"""The file that a photo comes in: which formats are opened, how much memory one may take, what is read of it.

formats   told by the first bytes; nothing else is handed to a decoder
budget    what decoding a picture takes, known before a pixel is decoded
tiff      the directories of a TIFF: its pages, and the previews inside raw photos
dicom     photographs in DICOM files, with pydicom
opening   all of it together: bytes in, a picture to decode out
"""
