-- The databases of tallies, each a schema and a role, and the passwords of their roles, which only the owner of this table reads.

CREATE TABLE credential (
    name TEXT COLLATE "C" PRIMARY KEY,
    created_by TEXT COLLATE "C" NOT NULL,
    password TEXT COLLATE "C" NOT NULL,
    -- From when on it is being removed, and is no database any more.
    is_leaving BOOLEAN NOT NULL DEFAULT FALSE
);

REVOKE ALL ON credential FROM PUBLIC;
