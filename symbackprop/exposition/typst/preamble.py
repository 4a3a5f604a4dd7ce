"""The functions of Typst that blocks are written with; what has to be measured is measured by Typst itself.

#eq(alt, $…$)                  a formula, with what is read aloud for it
#steps(lefts, lines)           lines of mathematics, signs below one another, reasons beside or below
#shown(alt, $…$, name, key)    a formula on a line of its own, framed if it is to be remembered
#fitted(body)                  anything, made smaller if it is wider than the line
"""

from __future__ import annotations

FUNCTIONS = r"""
#let quiet = luma(35%)
#show math.equation.where(block: true): set par(leading: 0.75em) // between the rows of a broken line
#let eq(alt, body) = math.equation(alt: alt, block: body.block, body.body)
#let shrunk(room, body) = {
  let wide = measure(body).width
  if wide > room { scale(room / wide * 100%, reflow: true, body) } else { body }
}
#let fitted(body) = layout(size => shrunk(size.width, body))

// a formula alone takes all of its height, where one among words takes that of a line
#let alone(formula) = { set par(leading: 0pt); formula }
// the left side of a line, as wide as the widest of its block
#let lhs(width, body) = box(width: width, align(right, alone(body)))
#let step(lefts, line, reasons: 4.6cm) = layout(size => {
  show math.equation.where(block: true): set align(left)
  let widest = calc.max(..lefts.map(each => measure(each).width))
  let shown = eq(line.alt, (line.body)(widest))
  let reason = { set par(justify: false); text(size: 0.88em, fill: quiet, line.reason) }
  let room = size.width - reasons - 1em.to-absolute()
  if line.reason == none {
    shrunk(size.width, shown)
  } else if measure(shown).width <= room {
    grid(columns: (1fr, reasons), column-gutter: 1em, align: left + horizon, shown, reason)
  } else {
    stack(spacing: 0.6em, shrunk(size.width, shown), align(right, reason))
  }
})
#let steps(lefts, lines, kept: false) = for (place, line) in lines.enumerate() {
  // no page ends after the first line, nor before the last, nor between the last and the result
  let stays = if place == lines.len() - 1 { kept } else { place in (0, lines.len() - 2) }
  block(above: 1em, below: 1em, inset: (left: 1.2em), breakable: false, sticky: stays, step(lefts, line))
}
#let shown(alt, body, name: none, key: false) = layout(size => {
  let frame = if key { (stroke: 0.6pt, inset: (x: 8pt, y: 7pt)) } else { (:) }
  let room = size.width - if key { 16pt } else { 0pt } - if name == none { 0pt } else { 6em.to-absolute() }
  let formula = box(..frame, shrunk(room, eq(alt, body)))
  if name == none { align(center, formula) } else {
    grid(columns: (3em, 1fr, 3em), align: (left, center, right).map(side => side + horizon), none, formula, [(#name)])
  }
})
#let remark(title, body) = block(
  width: 100%, fill: luma(96%), stroke: 0.5pt + luma(75%), inset: 8pt,
  text(size: 0.92em)[#strong(title)#strong[.] #body],
)
#let ruled(columns, align, header, rows) = table(
  columns: columns, align: align, stroke: none, inset: (x: 6pt, y: 3.5pt),
  table.hline(stroke: 0.9pt),
  table.header(..header.map(strong)),
  table.hline(stroke: 0.5pt),
  ..rows,
  table.hline(stroke: 0.9pt),
)
"""

ARTICLE = r"""
#set page(paper: "a4", margin: (x: 2.5cm, top: 2.4cm, bottom: 2.6cm), numbering: "1")
#set text(font: "New Computer Modern", size: 10.5pt)
#set par(justify: true, leading: 0.62em, spacing: 1.05em)
#set heading(numbering: number => [#number#h(0.4em)])
#show title: set text(size: 19pt)
#show heading.where(level: 1): set text(size: 15pt)
#show heading.where(level: 1): set block(above: 1.9em, below: 0.9em)
#show heading.where(level: 2): set text(size: 11.5pt)
#show heading.where(level: 2): set block(above: 1.5em, below: 0.8em)
#show heading.where(level: 3): set text(size: 10.5pt)
#show heading.where(level: 3): set block(above: 1.4em, below: 0.8em)
#set figure(gap: 0.9em)
#show figure: set block(above: 1.5em, below: 1.5em, breakable: true)
#show figure.where(kind: image): set block(breakable: false) // a picture and its caption
#show figure.where(kind: table): set figure.caption(position: top)
#show figure.caption: it => block(width: 92%, text(size: 0.92em)[
  #set par(justify: false)
  *#it.supplement #context it.counter.display(it.numbering).* #it.body
])
#show table: set par(justify: false)
#show raw.where(block: true): set block(fill: luma(96%), inset: 8pt, width: 100%)
// a paragraph that stays on the page of what follows it
#let lead(body) = block(width: 100%, above: 1.05em, below: 1.05em, sticky: true, body)
"""

SLIDES = r"""
#set text(font: "New Computer Modern")
#set par(leading: 0.6em, spacing: 0.9em)
#set heading(numbering: none)
#show heading: set text(size: 23pt)
#show heading: set block(above: 0pt, below: 0pt)
#show title: set text(size: 30pt)
#let gaps = (18pt, 13pt, 9pt) // between what stands below one another; a smaller one where there is little room
#let titled = 46pt
#let edge = (x: 42pt, top: 34pt, bottom: 26pt)

// smaller where there is no room, in width or in height
#let within(wide, high, body) = {
  let size = measure(body)
  let factor = calc.min(1, wide / size.width, high / size.height)
  align(center, if factor < 1 { scale(factor * 100%, reflow: true, body) } else { body })
}
// a picture or a table with its caption below it; what is high has the caption at its side, and so more room
#let captioned(room, body, caption) = context {
  let size = measure(body)
  let words = text(size: 0.8em, fill: quiet, caption)
  if caption == none {
    within(room.width, room.height, body)
  } else if size.height > 0.6 * size.width and size.height > room.height - 50pt {
    let side = 0.28 * room.width
    grid(
      columns: (1fr, side), column-gutter: 20pt, align: horizon,
      within(room.width - side - 20pt, room.height, body), { set par(justify: false); words },
    )
  } else {
    let below = align(center, words)
    let high = measure(width: room.width, below).height + 14pt
    stack(spacing: 14pt, within(room.width, room.height - high, body), below)
  }
}

// a page for every click; what is shown before all is there is said again by the page on which it is
#let slide(room, section, title, level, items) = context {
  let whole(gap, click) = for (place, item) in items.enumerate() {
    let body = if item.click <= click { item.body } else { hide(item.body) }
    block(above: if place == 0 { 0pt } else { gap }, below: 0pt, width: 100%, body)
  }
  let last = calc.max(..items.map(item => item.click))
  let high(gap) = measure(width: room.width, whole(gap, last)).height
  let gap = gaps.find(gap => high(gap) <= room.height)
  let gap = if gap == none { gaps.last() } else { gap }
  let smaller = calc.min(1, room.height / high(gap))
  let again = text(size: 23pt, weight: "bold", title)
  for click in range(last + 1) {
    pagebreak(weak: true)
    let head = block(height: titled, width: 100%, below: 0pt, {
      place(top + left, dy: -19pt, text(size: 11.5pt, fill: quiet, section))
      if click == last and level > 0 { heading(level: level, title) } else { again }
    })
    let body = block(width: room.width / smaller, whole(gap, click))
    let body = if smaller < 1 { scale(smaller * 100%, reflow: true, body) } else { body }
    if click == last { head; body } else { pdf.artifact(kind: "page", head + body) }
  }
}
"""
