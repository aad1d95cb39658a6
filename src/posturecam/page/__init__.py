"""The local web page: photos, mirror and records for people who do not use a terminal.

    server     a socket on this machine's own loopback address, and its clean end
    security   who may ask at all: host, origin, key; and what the browser may do with an answer
    app        the addresses, and what answers them
    desks      the exams that lie open in the browser, in memory only
    worker     one process that measures photos, one after the other

Only ``posturecam serve`` starts it. Everything that is measured or told comes from the same functions as on the
command line; here it is only asked for and laid out.
"""
