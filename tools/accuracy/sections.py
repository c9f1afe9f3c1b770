"""Sections of docs/accuracy.md that are written by themselves, behind the sets of single kernels and networks."""

HEADINGS = ("## Placement", "## Serving", "## Training memory")


def replaced(page, heading, text):
    """The page with this section in place of its own, or at its end."""
    before, found, rest = page.partition(heading + "\n")
    if not found:
        return page.rstrip("\n") + "\n\n" + text
    _, next_heading, after = rest.partition("\n## ")
    return before + text + (next_heading + after if next_heading else "")


def behind(page):
    """All of a page's own sections."""
    found = [at for heading in HEADINGS if (at := page.find(heading + "\n")) >= 0]
    return page[min(found):] if found else ""
