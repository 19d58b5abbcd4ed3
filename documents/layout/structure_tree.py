"""Structure tree of a tagged PDF: nested elements, where fpdf2's own builder makes only a flat list of figures.

What no element holds becomes an artifact: rules, boxes, watermarks, running heads, footers.
"""

from fpdf.structure_tree import StructElem, StructureTreeBuilder


class StructureTree(StructureTreeBuilder):
    """The elements of a document; `open` are those in which content is drawn now, None for an artifact."""

    def __init__(self):
        super().__init__()
        self.open = [self.doc_struct_elem]
        self.elements: list[StructElem] = []

    def add(self, kind, page, alt=None, parent=None):
        """Add an element of a kind (P, Table, TR, …) to the innermost open one, or to `parent`."""
        parent = parent or self.open[-1]
        element = StructElem(f"/{kind}", parent, [], page_number=max(page, 1), alt=alt)
        parent.k.append(element)
        self.elements.append(element)
        return element

    def mark(self, element, page):
        """Return (MCID, key of the page) of a new piece of content of an element."""
        key = self.spid_per_page_number.setdefault(page, len(self.spid_per_page_number))
        pieces = self.struct_tree_root.parent_tree.nums[key]
        pieces.append(element)
        element.k.append(len(pieces) - 1)
        return len(pieces) - 1, key

    def __iter__(self):
        yield self.struct_tree_root
        yield self.doc_struct_elem
        yield self.struct_tree_root.parent_tree
        yield from self.elements


def with_artifacts(content, marks):
    """Return a page's content with everything between the marked stretches, [(start, end)], as artifacts."""
    pieces, last = [], 0
    for start, end in [*marks, (len(content), len(content))]:
        if content[last:start].strip():
            pieces += [b"/Artifact BMC\n", content[last:start], b"EMC\n"]
        pieces.append(content[start:end])
        last = end
    return bytearray(b"".join(pieces))
