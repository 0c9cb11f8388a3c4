package postgres

import "strconv"

const (
	superuser = "postgres"
	port      = "5432" // only part of the socket's name
)

// settings are the server's arguments. They win over postgresql.conf, so what must hold is here and not in that file.
func settings(o Options, sockets string) []string {
	values := [][2]string{
		{"listen_addresses", ""},
		{"port", port},
		{"unix_socket_directories", `"` + sockets + `"`}, // a list: the quotes keep a comma in it
		{"unix_socket_permissions", "0700"},
		{"max_connections", strconv.Itoa(o.MaxConnections)},
		{"shared_buffers", "128MB"},
		{"timezone", "UTC"},
		{"jit", "off"},                           // costs more than our short queries take
		{"max_parallel_workers_per_gather", "0"}, // same; and needs more shared memory than a container has
		{"cluster_name", "tandem"},               // tells it apart in ps
		{"restart_after_crash", "on"},            // one crashed connection is not the end of the server
		{"log_destination", "stderr"},            // serverLog reads it, knows the English levels and has a clock
		{"logging_collector", "off"},
		{"log_line_prefix", ""},
		{"lc_messages", "C"},
		{"log_timezone", "UTC"},
		{"log_min_messages", "warning"},
		{"log_min_error_statement", "panic"}, // a statement may quote what people wrote
		{"log_checkpoints", "off"},
	}
	durable := "on"
	if o.Fast {
		durable = "off"
	}
	for _, name := range []string{"fsync", "synchronous_commit", "full_page_writes"} {
		values = append(values, [2]string{name, durable})
	}
	args := []string{"-D", clusterFolder(o.Folder)}
	for _, v := range values {
		args = append(args, "-c", v[0]+"="+v[1])
	}
	return args
}
