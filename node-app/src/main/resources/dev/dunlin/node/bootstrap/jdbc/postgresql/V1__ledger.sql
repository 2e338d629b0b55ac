-- The ledger of tokens. Texts are in the order of their bytes, as in SQLite, whatever the order of the database's language is.

CREATE TABLE token (
    hash BYTEA PRIMARY KEY,
    role TEXT COLLATE "C" NOT NULL,
    max_uses BIGINT,
    expires BIGINT NOT NULL,
    requirements TEXT COLLATE "C" NOT NULL,
    peer TEXT COLLATE "C",
    burns INTEGER NOT NULL,
    label TEXT COLLATE "C" NOT NULL,
    created BIGINT NOT NULL,
    revoked BIGINT,
    uses BIGINT NOT NULL,
    reserved BIGINT NOT NULL,
    rejections BIGINT NOT NULL,
    CHECK (uses >= 0 AND reserved >= 0),
    CHECK (max_uses IS NULL OR uses + reserved <= max_uses)
);

CREATE TABLE redemption (
    id TEXT COLLATE "C" PRIMARY KEY,
    token BYTEA NOT NULL REFERENCES token (hash),
    peer TEXT COLLATE "C" NOT NULL,
    redemption_key TEXT COLLATE "C" NOT NULL,
    phase TEXT COLLATE "C" NOT NULL,
    begun BIGINT NOT NULL,
    lease BIGINT NOT NULL,
    tally TEXT COLLATE "C",
    created_by TEXT COLLATE "C",
    endpoint TEXT COLLATE "C",
    credentials TEXT COLLATE "C",
    UNIQUE (token, peer, redemption_key)
);

CREATE INDEX redemption_lease ON redemption (phase, lease, id);

CREATE TABLE trail (
    number BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    session BIGINT NOT NULL,
    peer TEXT COLLATE "C" NOT NULL,
    token TEXT COLLATE "C" NOT NULL,
    redemption TEXT COLLATE "C" NOT NULL,
    code TEXT COLLATE "C" NOT NULL,
    detail TEXT COLLATE "C" NOT NULL,
    events BIGINT NOT NULL,
    hash BYTEA NOT NULL
);

CREATE FUNCTION trail_is_only_added_to() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the trail is only added to';
END
$$;

CREATE TRIGGER trail_is_not_changed BEFORE UPDATE ON trail EXECUTE FUNCTION trail_is_only_added_to();
CREATE TRIGGER trail_is_not_cut BEFORE DELETE OR TRUNCATE ON trail EXECUTE FUNCTION trail_is_only_added_to();
