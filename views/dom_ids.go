package views

// Ids of elements that stand once on every page.
const (
	MainID       = "main"
	ActivityID   = "activity" // the heading below an issue's properties
	NoticeID     = "notice"
	VocabularyID = "vocabulary"
	SubIssuesID  = "sub-issues"
	RelationsID  = "relations"
	FilesID      = "files"
	InboxID      = "inbox"
	UnreadID     = "unread"
	BulkID       = "bulk"
	DisplayID    = "display"
	StarID       = "star"
	StarSlotID   = "star-slot"
	FavouritesID = "favourites"
	FoldersID    = "folders"
	MoveID       = "move" // the open Move menu of a board

	SidebarFavouritesID = "sidebar-favourites"

	CycleSettingsID = "cycles"
)

// IssueListID is the region of a team's list; team is a UUID, or a name for the lists of no team.
func IssueListID(team string) string { return "issue-list-" + team }

// BoardID is the region of a team's board.
func BoardID(team string) string { return "board-" + team }

// TriageID is the region of what waits in a team.
func TriageID(team string) string { return "triage-" + team }

// TriageCountID is the region that counts it.
func TriageCountID(team string) string { return "triage-count-" + team }

// IssueID is the region of an issue's page.
func IssueID(id string) string { return "issue-" + id }

// ProjectID is the region of a project's page.
func ProjectID(id string) string { return "project-" + id }

// CommentID is one comment.
func CommentID(id string) string { return "comment-" + id }

// ConflictID is the card of one conflicting field.
func ConflictID(record, field string) string { return "conflict-" + record + "-" + field }

// CycleListID is the region of a team's cycles.
func CycleListID(team string) string { return "cycles-" + team }

// CycleID is the region of the cycle that a list is of, by what its URL calls it.
func CycleID(called string) string { return "cycle-" + called }

// SettingsID is the region of a settings page.
func SettingsID(page string) string { return "settings-" + page }

// ProjectsID is the region of the list of projects.
const ProjectsID = "projects"

// FieldID is a control; form tells apart the forms of a page.
func FieldID(form, name string) string { return form + "-" + name }

// HintID is the hint below a control.
func HintID(form, name string) string { return FieldID(form, name) + "-hint" }

// ErrorID is what is wrong with a control.
func ErrorID(form, name string) string { return FieldID(form, name) + "-error" }
