"""Passes over a question's text: what is said in many ways is put in the one that the reader looks for.

Each pass is a table of patterns (`tables`), and each may use what the one before it wrote. In order: `chinese`'s
slips, frames, desk and usual forms; `days`; words of hurried English and slips of the keyboard (`english.hurried`,
`nlp.ask.mending`); `english`'s notes, desk, trade and usual forms; `chinese.spoken` and `chinese.hurried`; what
hurried English left out; what is said around the question (`asides`); `english.spoken`; who is meant (`framing`);
whole sentences (`rewording`); one number against another (`nlp.ask.comparing`); families of turns (`turns`); and
single turns (`phrasing`). A text in the other language goes through a language's passes as it is.

A new way of asking belongs in the pass of those who speak so, or in `usual`, and its forms in a table under
`tests/golden/questions`, which holds that they are read as one.
"""
