/** Of the tables below. A database with a higher number was written by a newer version of the service. */
export const SCHEMA_VERSION = 1;

/** Times are milliseconds since 1970. */
export const SCHEMA = `
CREATE TABLE uploads (
  id TEXT PRIMARY KEY,
  owner TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  content_type TEXT NOT NULL,
  token_sha256 BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  received_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX uploads_by_age ON uploads (created_at);

CREATE TABLE jobs (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  owner TEXT NOT NULL,
  idempotency_key TEXT,
  request_sha256 TEXT NOT NULL,
  model TEXT NOT NULL,
  top_k INTEGER NOT NULL,
  explain INTEGER NOT NULL,
  webhook TEXT,
  status TEXT NOT NULL,
  reason TEXT,
  total INTEGER NOT NULL DEFAULT 0,
  succeeded INTEGER NOT NULL DEFAULT 0,
  failed INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  started_at INTEGER,
  finished_at INTEGER,
  manifest TEXT,
  manifest_bytes INTEGER NOT NULL DEFAULT 0,
  manifest_lines INTEGER NOT NULL DEFAULT 0,
  manifest_inputs INTEGER NOT NULL DEFAULT 0,
  is_prepared INTEGER NOT NULL,
  is_deleted INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX jobs_by_key ON jobs (owner, idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE INDEX jobs_by_end ON jobs (finished_at);
CREATE INDEX jobs_deleted ON jobs (number) WHERE is_deleted;
CREATE INDEX jobs_by_manifest ON jobs (manifest) WHERE manifest IS NOT NULL;

CREATE TABLE inputs (
  job INTEGER NOT NULL,
  position INTEGER NOT NULL,
  input TEXT NOT NULL,
  upload TEXT,
  PRIMARY KEY (job, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX inputs_by_upload ON inputs (upload) WHERE upload IS NOT NULL;

CREATE TABLE results (
  job INTEGER NOT NULL,
  position INTEGER NOT NULL,
  line TEXT NOT NULL,
  PRIMARY KEY (job, position)
) STRICT;

CREATE TABLE attempts (
  job INTEGER NOT NULL,
  position INTEGER NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (job, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE deliveries (
  job INTEGER PRIMARY KEY,
  url TEXT NOT NULL,
  message TEXT NOT NULL,
  failures INTEGER NOT NULL DEFAULT 0,
  due_at INTEGER NOT NULL
) STRICT;
`;
