-- name: InsertSecretIfNew :exec
INSERT INTO secret (name, value) VALUES (@name, @value) ON CONFLICT DO NOTHING;

-- name: GetSecret :one
SELECT value FROM secret WHERE name = @name;
