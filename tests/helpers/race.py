"""Two writers interleaved on purpose, so that a race happens every time and not once in a thousand runs."""


def before_next_transaction(app, happen):
    """Have something happen after the next writer has read, just before its transaction begins."""
    database = app.extensions["database"]
    begin = database.atomic

    def late(*kind):
        del database.atomic
        happen()
        return begin(*kind)

    database.atomic = late
