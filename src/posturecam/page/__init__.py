"""The local web page: photos, mirror and records for people who do not use a terminal.

    server      a socket on this machine's own loopback address, the addresses that are answered there, its clean end
    security    who may ask at all: host, origin, key; and what the browser may do with an answer
    app_state   the exams that lie open in the browser, in memory only, and what else all pages share
    worker      one process that measures photos, one after the other
    *_views     the pages: an open exam, the records, the mirror

Only ``posturecam serve`` starts it. Everything that is measured or told comes from the same functions as on the
command line; here it is only asked for and laid out.
"""
