"""Exams over time, in a database on this machine (or on a server, by its URL).

from posturecam.records import open_records, record_backups

with open_records() as records:
    for exam in records.exams("Dana K."):
        print(exam.number, exam.on, exam.sitting.by_key["shoulder_tilt"].value)
"""

from posturecam.records.database_file import network_advice
from posturecam.records.open_database import (
    check_records,
    default_place,
    migrate_records,
    open_records,
    record_backups,
    record_files,
)
from posturecam.records.record_entries import (
    Added,
    Deletion,
    Facts,
    Finalised,
    Forgotten,
    KnownPerson,
    NewExam,
    PhotoRef,
    StoredExam,
    checked_consent,
    checked_person,
)
from posturecam.records.store import Records

__all__ = [
    "Added",
    "Deletion",
    "Facts",
    "Finalised",
    "Forgotten",
    "KnownPerson",
    "NewExam",
    "PhotoRef",
    "Records",
    "StoredExam",
    "check_records",
    "checked_consent",
    "checked_person",
    "default_place",
    "migrate_records",
    "network_advice",
    "open_records",
    "record_backups",
    "record_files",
]
