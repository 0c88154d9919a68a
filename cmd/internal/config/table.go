package config

// The settings of each program. A flag of a command that is not here belongs to one
// act and has to be given with it; a test holds the table to the commands.

// papers are the commands that print.
var papers = []string{"paper", "paper bulk", "paper lost"}

var commandLine = []Setting{
	{Key: "store", Path: true, Commands: []string{"bundle apply", "doctor", "paper", "paper bulk", "trust export", "venue", "verify"}, Instead: []string{"bundle"},
		Words: "flag_store", Example: `"/var/lib/tongxing/trust.store"`},
	{Key: "root", Commands: []string{"bundle apply", "bundle show", "doctor", "paper", "paper bulk", "trust export", "verify"},
		Words: "flag_root", Example: `"0000000000000000000000000000000000000000000000000000000000000000"`},
	{Key: "venue-class", Flag: "class", Commands: []string{"verify"}, Instead: []string{"bundle"}, Words: "flag_venue_class", Example: `"3"`},
	{Key: "venue-region", Flag: "region", Commands: []string{"verify"}, Instead: []string{"bundle"}, Judge: Region, Words: "flag_venue_region", Example: `"33"`},
	{Key: "status-list-required", Kind: Switch, Default: "false", Words: "flag_status_list_required", Example: "false"},
	{Key: "status-regions", Commands: []string{"bundle apply"}, Words: "flag_status_regions", Example: `"33,32,31"`},
	{Key: "region", Commands: []string{"feed import", "issue", "paper lost", "reissue", "status build"}, Judge: Region, Words: "flag_region", Example: `"33"`},
	{Key: "registry", Path: true, Except: []string{"approval"}, Words: "flag_registry", Example: `"/var/lib/tongxing/33.registry"`},
	{Key: "lifetime", Kind: Duration, Default: "168h0m0s", Words: "flag_lifetime", Example: `"168h"`},
	{Key: "temp", Path: true, Words: "flag_temp", Example: `"/var/tmp"`},
	{Key: "listen", Default: "127.0.0.1:8080", Words: "flag_listen", Example: `"127.0.0.1:8080"`},
	{Key: "keep", Kind: Whole, Default: "14", Words: "flag_keep", Example: "14"},
	{Key: "title", Words: "flag_title", Example: `"通行码"`},
	{Key: "layout", Commands: papers, Default: "sheet", Words: "flag_layout", Example: `"sheet"`},
	{Key: "dpi", Kind: Whole, Commands: papers, Default: "0", Words: "flag_dpi", Example: "0"},
	{Key: "help-at", Commands: papers, Words: "flag_help_at", Example: `"12345"`},
}

// signs are the commands of the issuer that sign credentials, which the keys of the
// file are for. A record of a deletion has another one.
var signs = []string{"serve", "worker", "job plan", "job run"}

// trial is the command that starts everything for a first try, with nothing of what
// is set for the real one.
var trial = []string{"dev"}

var issuing = []Setting{
	{Key: "registry", Path: true, Words: "flag_registry_where", Example: `"postgres://tongxing@127.0.0.1:5432/tongxing?sslmode=verify-full"`},
	{Key: "witness", Path: true, Words: "flag_witness", Example: `"/var/lib/tongxing/witness"`},
	{Key: "bundle", Path: true, Words: "flag_bundle", Example: `"/var/lib/tongxing/bundle"`},
	{Key: "root", Words: "flag_root", Example: `"0000000000000000000000000000000000000000000000000000000000000000"`},
	{Key: "region", Except: trial, Judge: Region, Words: "flag_region", Example: `"33"`},
	{Key: "key", List: true, Path: true, Secret: true, Commands: signs, Instead: []string{"signer"}, Words: "flag_key", Example: `["/etc/tongxing/keys/signing.key"]`},
	{Key: "passphrase-file", Path: true, Secret: true, Commands: signs, Instead: []string{"signer"}, Words: "flag_passphrase", Example: `"/etc/tongxing/keys/passphrase"`},
	{Key: "signer", Path: true, Instead: []string{"key"}, Words: "flag_signer", Example: `"/run/tongxing/signer.sock"`},
	{Key: "lifetime", Kind: Duration, Default: "168h0m0s", Words: "flag_lifetime", Example: `"168h"`},
	{Key: "secret-file", Path: true, Secret: true, Words: "flag_secret_file", Example: `"/etc/tongxing/request-secret"`},
	{Key: "quota", Kind: Whole, Default: "1000", Judge: limit("--quota"), Words: "flag_quota", Example: "1000"},
	{Key: "rate", Kind: Number, Default: "100", Judge: limit("--rate"), Words: "flag_rate", Example: "100"},
	{Key: "address-rate", Kind: Number, Default: "5000", Judge: limit("--address-rate"), Words: "flag_address_rate", Example: "5000"},
	{Key: "token-keys", Path: true, Words: "flag_token_keys", Example: `"/etc/tongxing/token-keys.json"`},
	{Key: "token-issuer", Words: "flag_token_issuer", Example: `"https://identity.33.example"`},
	{Key: "token-audience", Default: "tongxing-issuer", Words: "flag_token_audience", Example: `"tongxing-issuer"`},
	{Key: "callers", Path: true, Words: "flag_callers", Example: `"/etc/tongxing/callers.json"`},
	{Key: "listen", Except: trial, Default: "127.0.0.1:8443", Words: "flag_issuer_listen", Example: `"0.0.0.0:8443"`},
	{Key: "tls-cert", Path: true, Words: "flag_tls_cert", Example: `"/etc/tongxing/tls/tls.crt"`},
	{Key: "tls-key", Path: true, Secret: true, Words: "flag_tls_key", Example: `"/etc/tongxing/tls/tls.key"`},
	{Key: "client-ca", Path: true, Words: "flag_client_ca", Example: `"/etc/tongxing/tls/callers.crt"`},
	{Key: "drain", Kind: Duration, Default: "2s", Judge: Length(Drain), Words: "flag_drain", Example: `"10s"`},
	{Key: "metrics-listen", Commands: []string{"serve"}, Words: "flag_metrics_listen", Example: `"127.0.0.1:9464"`},
	{Key: "metrics-exposed", Kind: Switch, Commands: []string{"serve"}, Default: "false", Words: "flag_metrics_exposed", Example: "false"},
	{Key: "worker-metrics-listen", Flag: "metrics-listen", Commands: []string{"worker"}, Words: "flag_metrics_listen", Example: `"127.0.0.1:9471"`},
	{Key: "worker-metrics-exposed", Flag: "metrics-exposed", Kind: Switch, Commands: []string{"worker"}, Default: "false", Words: "flag_metrics_exposed", Example: "false"},
	{Key: "parts", Path: true, Words: "flag_parts", Example: `"/var/lib/tongxing/jobs/parts"`},
	{Key: "job-key", Path: true, Words: "flag_job_key", Example: `"/var/lib/tongxing/jobs/job-key"`},
	{Key: "queue", Choices: []string{"river", "claims"}, Words: "flag_queue", Example: `"river"`},
	{Key: "at-once", Kind: Whole, Default: "0", Words: "flag_at_once", Example: "0"},
}

var gate = []Setting{
	{Key: "store", Path: true, Words: "flag_store", Example: `"/var/lib/tongxing/trust.store"`},
	{Key: "root", Words: "flag_root_first", Example: `"/etc/tongxing/national-root.cose"`},
	{Key: "watch", List: true, Path: true, Words: "flag_gate_watch", Example: `["/media/stick"]`},
	{Key: "from", List: true, Words: "flag_gate_from", Example: `["https://bundles.33.example/"]`},
	{Key: "venue-class", Flag: "class", Words: "flag_venue_class", Example: `"3"`},
	{Key: "venue-region", Flag: "region", Judge: Region, Words: "flag_venue_region", Example: `"33"`},
	{Key: "status-list-required", Kind: Switch, Default: "false", Words: "flag_status_list_required", Example: "false"},
	{Key: "listen", Default: "127.0.0.1:8620", Judge: ownPage, Words: "flag_listen", Example: `"127.0.0.1:8620"`},
	{Key: "scanner", Path: true, Instead: []string{"stdin"}, Words: "flag_gate_scanner", Example: `"/dev/ttyACM0"`},
	{Key: "baud", Kind: Whole, Default: "9600", Words: "flag_gate_baud", Example: "9600"},
	{Key: "reader", Words: "flag_gate_reader", Example: `"/run/tongxing/reader.sock"`},
	{Key: "controller", Words: "setting_controller", Example: `"/etc/tongxing/turnstile.json"`},
	{Key: "enrol", Path: true, Words: "flag_gate_enrol", Example: `"/var/lib/tongxing/enrolment"`},
	{Key: "enrol-key", Path: true, Secret: true, Words: "flag_gate_enrol_key", Example: `"/etc/tongxing/keys/enrolment.key"`},
	{Key: "counters", Kind: Switch, Instead: []string{"stdin"}, Default: "false", Words: "flag_gate_counters", Example: "false"},
}

var signing = []Setting{
	{Key: "socket", Path: true, Words: "flag_signer_socket", Example: `"/run/tongxing/signer.sock"`},
	{Key: "key", List: true, Path: true, Secret: true, Words: "flag_key", Example: `["/etc/tongxing/keys/signing.key"]`},
	{Key: "passphrase-file", Path: true, Secret: true, Words: "flag_signer_passphrase", Example: `"/etc/tongxing/keys/passphrase"`},
	{Key: "module", Path: true, Words: "flag_signer_module", Example: `"/usr/lib/softhsm/libsofthsm2.so"`},
	{Key: "token", Words: "flag_signer_token", Example: `"province-33"`},
	{Key: "pin-file", Path: true, Secret: true, Words: "flag_signer_pin", Example: `"/etc/tongxing/keys/pin"`},
	{Key: "token-key", List: true, Commands: []string{"serve"}, Words: "flag_signer_label", Example: `["33-2026a"]`},
}
