"""Files of the kinds that cameras and clinics have: JPEG, a raw photo with its preview, DICOM."""

import io
import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

POSTSCRIPT = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 400 600\n{ } loop\n"


def jpeg(width: int, height: int, **saving: object) -> bytes:
    """A JPEG, red above and blue below."""
    image = Image.new("RGB", (width, height), (30, 30, 220))
    image.paste((220, 30, 30), (0, 0, width, height // 2))
    stream = io.BytesIO()
    image.save(stream, "JPEG", **saving)
    return stream.getvalue()


def raw_photo(preview: bytes, orientation: int = 1) -> bytes:
    """A DNG as cameras write it: a thumbnail's directory first, in it the preview and a picture of the sensor."""

    def directory(tags: dict[int, int]) -> bytes:
        entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in sorted(tags.items()))
        return struct.pack("<H", len(tags)) + entries + struct.pack("<I", 0)

    first = {254: 1, 256: 160, 257: 120, 259: 1, 262: 2, 274: orientation, 330: 400, 50706: 0x00000401}
    inside = {254: 1, 256: 8, 257: 8, 259: 7, 262: 6, 273: 1000, 279: len(preview)}
    head = b"II*\0" + struct.pack("<I", 8) + directory(first)
    return (head.ljust(400, b"\0") + directory(inside)).ljust(1000, b"\0") + preview


def dicom(
    path: Path,
    *,
    kind: str = "1.2.840.10008.5.1.4.1.1.77.1.4",
    frame: bytes | None = None,
    size_px: tuple[int, int] = (80, 120),
) -> Path:
    """Write a DICOM file of a photograph: as it is, or as JPEG."""
    pydicom = pytest.importorskip("pydicom")
    from pydicom.encaps import encapsulate

    meta = pydicom.dataset.FileMetaDataset()
    meta.MediaStorageSOPClassUID = kind
    meta.MediaStorageSOPInstanceUID = "1.2.3"
    meta.TransferSyntaxUID = "1.2.840.10008.1.2.4.50" if frame else "1.2.840.10008.1.2.1"
    made = pydicom.Dataset()
    made.file_meta = meta
    made.SOPClassUID, made.SOPInstanceUID = kind, "1.2.3"
    made.Modality = "XC" if kind.endswith("77.1.4") else "CR"
    made.PatientName, made.StudyDate = "Roe^Jane", "20260105"
    made.Columns, made.Rows = size_px
    made.SamplesPerPixel, made.BitsAllocated = 3, 8
    made.BitsStored, made.HighBit, made.PixelRepresentation, made.PlanarConfiguration = 8, 7, 0, 0
    made.PhotometricInterpretation = "YBR_FULL_422" if frame else "RGB"
    rows = np.zeros((120, 80, 3), np.uint8)
    rows[:60] = (220, 30, 30)
    made.PixelData = encapsulate([frame]) if frame else rows.tobytes()
    made.save_as(path, enforce_file_format=True)
    return path
