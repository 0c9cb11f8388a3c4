package handlers

// route names every URL and its handler, by noun. Below /{ws} all but the streams of a share ask for a member.
func (s *Server) route() {
	e := s.echo
	e.GET("/", s.showStart)
	e.GET("/healthz", s.health)
	e.GET("/readyz", s.ready)

	e.GET("/assets/:build/*", s.serveAsset)
	e.GET("/service_worker.js", s.serveWorker)
	e.GET("/manifest.json", s.serveManifest)

	e.GET("/sign-in", s.newSession)
	e.POST("/sign-in", s.createSession)
	e.POST("/sign-out", s.endSession)
	if s.demo {
		e.GET("/demo/sign-in", s.createDemoSession)
	}

	e.GET("/setup", s.newSetup)
	e.POST("/setup", s.createSetup)
	e.GET("/invite/:token", s.showInvite)
	e.POST("/invite/:token", s.acceptInvite)

	e.GET("/e/:token", s.showEmbed)
	e.GET("/e/:token/events", s.streamEmbed)

	ws := e.Group("/:ws")
	page, fragment := "", "/f"

	ws.POST("/sync/push", s.in(s.push))
	ws.GET("/sync/pull", s.in(s.pull))
	ws.GET("/sync/events", s.streamEvents)
	ws.POST("/sync/presence", s.in(s.attend))
	ws.GET("/sync/steps", s.in(s.listSteps))

	ws.GET(page, s.in(s.showMyIssues))
	ws.GET(page+"/member/:id", s.in(s.showMyIssues))
	ws.GET(fragment, s.in(s.showMyIssuesFragment))
	ws.GET(fragment+"/member/:id", s.in(s.showMyIssuesFragment))

	ws.GET(page+"/inbox", s.in(s.showInbox))
	ws.GET(fragment+"/member/:id/inbox", s.in(s.showInboxFragment))
	ws.GET(fragment+"/member/:id/unread", s.in(s.showUnreadFragment))
	ws.POST("/inbox/:id/read", s.in(s.markInbox("read")))
	ws.POST("/inbox/:id/done", s.in(s.markInbox("done")))
	ws.POST("/inbox/:id/snooze", s.in(s.markInbox("snooze")))

	ws.GET(page+"/team/:key", s.in(s.showTeam))
	ws.GET(fragment+"/team/:key", s.in(s.showTeamFragment))
	ws.GET(page+"/team/:key/trash", s.in(s.showTrash))
	ws.POST("/team/:key/display", s.in(s.setDisplay))

	ws.GET(page+"/new", s.in(s.newIssue))
	ws.POST("/new", s.in(s.createIssue))
	ws.GET(page+"/issue/:key", s.in(s.showIssue))
	ws.GET(fragment+"/issue/:key", s.in(s.showIssueFragment))
	ws.GET(page+"/issue/:key/history", s.in(s.showDescriptionHistory))
	ws.POST("/issue/:key/team", s.in(s.setIssue("team")))
	ws.POST("/issue/:key/title", s.in(s.setIssue("title")))
	ws.POST("/issue/:key/description", s.in(s.setIssue("description")))
	ws.POST("/issue/:key/status", s.in(s.setIssue("status")))
	ws.POST("/issue/:key/priority", s.in(s.setIssue("priority")))
	ws.POST("/issue/:key/assignee", s.in(s.setIssue("assignee")))
	ws.POST("/issue/:key/labels", s.in(s.setIssue("labels")))
	ws.POST("/issue/:key/subscribers", s.in(s.setIssue("subscribers")))
	ws.POST("/issue/:key/reactions", s.in(s.setIssue("reactions")))
	ws.POST("/issue/:key/parent", s.in(s.setIssue("parent")))
	ws.POST("/issue/:key/due", s.in(s.setIssue("due")))
	ws.POST("/issue/:key/estimate", s.in(s.setIssue("estimate")))
	ws.POST("/issue/:key/position", s.in(s.setIssue("position")))
	ws.POST("/issue/:key/trash", s.in(s.setIssue("trash")))
	ws.POST("/issue/:key/restore", s.in(s.setIssue("restore")))
	ws.POST("/bulk", s.in(s.changeIssues))

	ws.POST("/issue/:key/comment", s.in(s.createComment))
	ws.GET(page+"/comment/:id/history", s.in(s.showCommentHistory))
	ws.POST("/comment/:id/body", s.in(s.setComment("body")))
	ws.POST("/comment/:id/reactions", s.in(s.setComment("reactions")))
	ws.POST("/comment/:id/trash", s.in(s.setComment("trash")))
	ws.POST("/comment/:id/restore", s.in(s.setComment("restore")))

	ws.POST("/issue/:key/relation", s.in(s.createRelation))
	ws.POST("/relation/:id/trash", s.in(s.trashRelation))

	ws.POST("/issue/:key/share", s.in(s.createShare))
	ws.GET("/issue/:key/share", s.in(s.leaveShare))
	ws.POST("/team/:key/share", s.in(s.createTeamShare))
	ws.GET("/team/:key/share", s.in(s.leaveTeamShare))
	ws.POST("/share/:id/revoke", s.in(s.revokeShare))

	ws.POST("/view", s.in(s.createView))
	ws.GET(page+"/view/:id", s.in(s.showView))
	ws.POST("/view/:id", s.in(s.setView("")))
	ws.POST("/view/:id/trash", s.in(s.setView("trash")))
	ws.POST("/view/:id/restore", s.in(s.setView("restore")))

	ws.GET(page+"/search", s.in(s.search))
	ws.GET(fragment+"/search", s.in(s.searchFragment))
	ws.GET(page+"/outbox", s.in(s.showOutbox))
	ws.POST("/undo", s.in(s.undo))
	ws.GET(fragment+"/pack", s.in(s.showPack))
	ws.GET(fragment+"/pack/issue", s.in(s.showPackIssues))
	ws.GET(fragment+"/vocabulary", s.in(s.showVocabularyFragment))
	ws.GET(fragment+"/transaction/:id", s.in(s.showTransactionFragment))

	ws.GET(page+"/settings", s.in(s.showSettings))
	ws.GET(page+"/settings/account", s.in(s.showAccount))
	ws.POST("/settings/account", s.in(s.setAccount))
	ws.POST("/settings/theme", s.in(s.setTheme))
	ws.POST("/settings/keys", s.in(s.setKeys))
	ws.POST("/settings/token/:id/revoke", s.in(s.revokeToken))
	ws.GET(page+"/settings/label", s.in(s.listLabels))
	ws.GET(fragment+"/settings/label", s.in(s.listLabelsFragment))
	ws.POST("/settings/label", s.in(s.createLabel))
	ws.POST("/settings/label/:id", s.in(s.setLabel("")))
	ws.POST("/settings/label/:id/trash", s.in(s.setLabel("trash")))
	ws.POST("/settings/label/:id/restore", s.in(s.setLabel("restore")))
	ws.GET(page+"/settings/team/:key", s.in(s.listStatuses))
	ws.GET(fragment+"/settings/team/:key", s.in(s.listStatusesFragment))
	ws.POST("/settings/status", s.in(s.createStatus))
	ws.POST("/settings/status/:id", s.in(s.setStatus("")))
	ws.POST("/settings/status/:id/trash", s.in(s.setStatus("trash")))
	ws.POST("/settings/status/:id/restore", s.in(s.setStatus("restore")))
	ws.GET(page+"/settings/member", s.in(s.listMembers))
	ws.POST("/settings/member/:id/role", s.in(s.setRole))
	ws.POST("/settings/invite", s.in(s.createInvite))
}
