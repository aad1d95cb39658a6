"""Write the generated pages of the documentation again. `make docs` runs this; a test checks that they are current."""

from posturecam.reports.catalogue import write_docs

if __name__ == "__main__":
    write_docs()
