"""From one set of records to another, such as from a file to a server: person by person, each wholly or not at all."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from posturecam.records.entries import Facts, NewExam, StoredExam
from posturecam.records.store import Records


def copied(source: Records, target: Records) -> Iterator[tuple[str, int, int]]:
    """Copy everybody; give each person with the number of new exams and of all. Nothing is stored twice."""
    for person in source.people():
        stored = source.exams(person, versions=True)
        places = {exam.number: place for place, exam in enumerate(stored)}
        added = target.add_all(person, [_again(source, exam, places) for exam in stored])
        if target.facts(person) == Facts():
            target.write_facts(person, source.facts(person))
        yield person, sum(one.fresh for one in added), len(added)


def _again(source: Records, exam: StoredExam, places: Mapping[int, int]) -> NewExam:
    """Take an exam out whole, kept photos included."""
    kept = source.kept(exam.number)
    photos = tuple(replace(one, kept=kept.get(one.sha256)) for one in exam.photos)
    older = None if exam.replaces is None else places.get(exam.replaces)
    return NewExam(exam.on, source.document(exam.number), exam.sitting, photos, exam.dated_from, exam.finalised, older)
