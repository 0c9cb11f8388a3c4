package main

import (
	"fmt"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"

	"github.com/alecthomas/kong"
)

// config is what flags and environment say, a flag before the environment before the default. There is no config file.
type config struct {
	Data     string `from:"TANDEM_DATA" placeholder:"FOLDER" help:"Where the embedded PostgreSQL keeps its data."`
	Database string `from:"DATABASE_URL" placeholder:"URL" help:"A PostgreSQL of your own, 15 or newer, instead of the embedded one."`
	Bus      string `from:"TANDEM_BUS" placeholder:"URL" help:"What carries hints between the nodes on one database, such as nats://127.0.0.1:4222, instead of PostgreSQL."`
	LogLevel string `from:"TANDEM_LOG_LEVEL" enum:"debug,info,warn,error" default:"info" help:"What is logged: debug, info, warn or error."`

	Serve   serveCommand  `cmd:"" default:"withargs" help:"Serve the tracker (what happens without a command)."`
	Demo    demoCommand   `cmd:"" help:"Serve a throwaway workspace with example issues, on this machine only."`
	Import  importGroup   `cmd:"" help:"Import issues from another tracker, or a whole workspace."`
	Export  exportCommand `cmd:"" help:"Write a whole workspace into one file, while the server runs or not."`
	User    userGroup     `cmd:"" help:"Manage accounts."`
	Token   tokenGroup    `cmd:"" help:"Manage access tokens, which programs sign in with."`
	Migrate migrateCmd    `cmd:"" help:"Bring the database's schema up to this build's, then end."`

	Doctor  doctorCommand  `cmd:"" help:"Look whether all is well with the database; nothing is changed."`
	Backup  backupCommand  `cmd:"" help:"Write everything into one file, while the server runs or not."`
	Restore restoreCommand `cmd:"" help:"Load a backup into an empty database."`

	dataGiven bool
}

type importGroup struct {
	GitHub importCommand    `cmd:"" name:"github" help:"Import issues saved from GitHub: REST or gh JSON, or the archive of an IETF repository."`
	CSV    importCSVCommand `cmd:"" name:"csv" help:"Import issues from a table: Tandem's own export, Linear's, Jira's or any other."`

	Workspace importWorkspaceCommand `cmd:"" name:"workspace" help:"Bring back a whole workspace that tandem export, or its page, has written."`
}

type userGroup struct {
	Add userAddCommand `cmd:"" help:"Add somebody to a workspace. The first one of all makes the workspace."`
}

type tokenGroup struct {
	Create tokenCreateCommand `cmd:"" help:"Make a token for somebody in a workspace, and print it. It is shown this once."`
	List   tokenListCommand   `cmd:"" help:"List the tokens of a workspace."`
	Revoke tokenRevokeCommand `cmd:"" help:"End a token; its streams end within two seconds."`
}

// serveCommand serves until it is told to stop.
type serveCommand struct {
	Addr           string         `from:"TANDEM_ADDR" default:"127.0.0.1:8080" placeholder:"HOST:PORT" help:"Where to listen; port 0 takes a free one (${default})."`
	URL            string         `name:"url" from:"TANDEM_URL" placeholder:"URL" help:"The address that people use, if a proxy stands in between; letters lead there, and push services are told it."`
	TrustedProxies []netip.Prefix `from:"TANDEM_TRUSTED_PROXIES" placeholder:"CIDR,..." help:"Proxies whose X-Forwarded headers count."`
	SMTP           string         `name:"smtp" from:"TANDEM_SMTP" placeholder:"URL" help:"A server of mail, such as smtps://user:password@mail.example.com?from=tandem@example.com; the same on all nodes. No e-mail is sent if not given."`
	Rate           int            `from:"TANDEM_RATE" default:"1200" placeholder:"N" help:"Transactions that a person may send to this node in a minute; 0 is no limit (${default})."`
	FileSpace      int            `from:"TANDEM_FILE_SPACE" default:"10240" placeholder:"MIB" help:"How many MiB the files of a workspace may have in all; 0 is no limit (${default})."`
	Retention      retention      `from:"TANDEM_RETENTION" placeholder:"TIME" help:"How long changes are kept, such as 90d or 720h; whoever was offline for longer starts over with a fresh copy. For good if not given."`
}

// demoCommand serves example content. It ignores DATABASE_URL.
type demoCommand struct {
	Addr string   `from:"TANDEM_ADDR" default:"127.0.0.1:8080" placeholder:"HOST:PORT" help:"Where to listen, on this machine only (${default})."`
	From []string `placeholder:"FILE" help:"A file to import into a team of its own, as import github does."`
}

// importPlace is where an import goes, and whether it does.
type importPlace struct {
	Workspace string `required:"" placeholder:"SLUG" help:"The workspace to import into."`
	Team      string `required:"" placeholder:"KEY" help:"The team to import into; it is made if there is none of this key."`
	DryRun    bool   `help:"Read and report, change nothing."`
}

// importCommand imports files of GitHub's into one team.
type importCommand struct {
	Files []string `arg:"" name:"file" help:"Files, plain or gzip."`
	importPlace
	Pulls bool `help:"Take pull requests too, labelled \"pull request\"."`
}

// importCSVCommand imports tables into one team.
type importCSVCommand struct {
	Files []string `arg:"" name:"file" help:"Files whose first line names the columns."`
	importPlace
	Map       []string `sep:"none" placeholder:"COLUMN=FIELD" help:"What a column holds, if its name does not tell; - leaves it out. May be repeated."`
	MapStatus []string `sep:"none" placeholder:"THEIRS=OURS" help:"Which status of the team stands for one of the file. May be repeated."`
}

// importWorkspaceCommand brings back an export.
type importWorkspaceCommand struct {
	File      string `arg:"" help:"The zip file."`
	Workspace string `required:"" placeholder:"SLUG" help:"What it is called here: best what it was called there, since links in texts begin with it. There must be none of this name."`
}

// exportCommand writes a whole workspace into a file.
type exportCommand struct {
	File      string `arg:"" optional:"" help:"The file to write, SLUG.zip if not given; one of this name is replaced once the new one is whole. - is standard output."`
	Workspace string `required:"" placeholder:"SLUG" help:"The workspace."`
}

// userAddCommand adds an account, and makes it a member of a workspace.
type userAddCommand struct {
	Email         string   `arg:"" help:"The e-mail address to sign in with."`
	Name          string   `required:"" help:"The name to show."`
	Workspace     string   `required:"" placeholder:"SLUG" help:"The workspace to join."`
	Role          string   `required:"" enum:"admin,member,guest" help:"admin, member or guest."`
	Team          []string `placeholder:"KEY" help:"A team to join; may be repeated. A guest sees only these."`
	PasswordStdin bool     `required:"" help:"Read the password from the first line of standard input."`
}

// tokenCreateCommand makes an access token.
type tokenCreateCommand struct {
	User      string `required:"" placeholder:"EMAIL" help:"Whose rights it has."`
	Workspace string `required:"" placeholder:"SLUG" help:"The only workspace that it opens."`
	Scope     string `enum:"read,write" default:"write" help:"read or write (${default})."`
	Name      string `placeholder:"NAME" help:"What it is for, as the list shows it."`
	Days      *int   `placeholder:"N" help:"How many days it is good for; without, until it is revoked."`
}

// tokenListCommand lists access tokens, never what they open with.
type tokenListCommand struct {
	Workspace string `required:"" placeholder:"SLUG" help:"The workspace."`
	User      string `placeholder:"EMAIL" help:"Only this person's."`
}

// tokenRevokeCommand ends an access token.
type tokenRevokeCommand struct {
	ID        string `arg:"" help:"The token's id, as the list shows it."`
	Workspace string `required:"" placeholder:"SLUG" help:"The workspace."`
}

// migrateCmd migrates the database.
type migrateCmd struct{}

// doctorCommand looks for what is wrong.
type doctorCommand struct {
	Deep bool `help:"Also fold the log of every workspace and compare it with the tables."`
}

// backupCommand writes a file.
type backupCommand struct {
	File string `arg:"" help:"The file to write; one of this name is replaced once the new one is whole. - is standard output."`
}

// restoreCommand reads a backup.
type restoreCommand struct {
	File string `arg:"" help:"The file that tandem backup has written."`
}

// parse reads the command line. The command is nil when help was asked for and given. Every error is a misuse.
func parse(args []string, getenv func(string) string, stdout, stderr io.Writer) (config, command, error) {
	var c config
	helped := false
	parser, err := kong.New(&c, kong.Name("tandem"), kong.Description("Tandem is a self-hosted issue tracker."),
		kong.Writers(stdout, stderr), kong.Exit(func(int) { helped = true }),
		kong.Resolvers(fromEnvironment(getenv)), kong.ValueFormatter(helpWithEnvironment))
	if err != nil {
		return c, nil, fmt.Errorf("describe the command line: %w", err)
	}
	chosen, err := parser.Parse(args)
	if helped {
		return c, nil, nil
	}
	if err != nil {
		return c, nil, misuse{err.Error() + "; `tandem --help` shows what there is"}
	}
	command, _ := chosen.Selected().Target.Addr().Interface().(command)
	return c, command, c.complete(getenv)
}

// fromEnvironment gives flags that were not typed the value of the variable in their tag. An empty variable counts as none.
func fromEnvironment(getenv func(string) string) kong.ResolverFunc {
	return func(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
		if name := flag.Tag.Get("from"); name != "" {
			if value := getenv(name); value != "" {
				return value, nil
			}
		}
		return nil, nil // kong's way to say: no value from here
	}
}

func helpWithEnvironment(value *kong.Value) string {
	if name := value.Tag.Get("from"); name != "" {
		return value.Help + " [$" + name + "]"
	}
	return value.Help
}

// complete fills in the data folder, and looks at what every command may need.
func (c *config) complete(getenv func(string) string) error {
	if err := checkBus(c.Bus); err != nil {
		return err
	}
	c.dataGiven = c.Data != ""
	if !c.dataGiven {
		c.Data = filepath.Join(usualFolder(getenv), "tandem")
		return nil
	}
	whole, err := filepath.Abs(c.Data)
	if err != nil {
		return misuse{fmt.Sprintf("--data %s: %v", c.Data, err)}
	}
	c.Data = whole
	return nil
}

// demoFolder is where a demo keeps its data when nobody says where: apart from what must not be lost.
func demoFolder(getenv func(string) string) string {
	return filepath.Join(usualFolder(getenv), "tandem-demo")
}

// usualFolder is where programs of this user keep data. Root's is not below its home, which PostgreSQL's user cannot enter.
func usualFolder(getenv func(string) string) string {
	home := getenv("HOME")
	switch {
	case os.Geteuid() == 0:
		return "/var/lib"
	case getenv("XDG_DATA_HOME") != "":
		return getenv("XDG_DATA_HOME")
	case runtime.GOOS == "darwin":
		return filepath.Join(home, "Library", "Application Support")
	case runtime.GOOS == "windows":
		return getenv("LOCALAPPDATA")
	}
	return filepath.Join(home, ".local", "share")
}
