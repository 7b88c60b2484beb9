"""The sample company: a bookshop with study materials, its three source systems, and the truth about them.

`company.generate` makes it, `server.HelpdeskServer` plays its helpdesk. They are not imported here: every command of
`customer360` loads this package, and the generator's libraries would double its start.
"""
