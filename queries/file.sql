-- name: ListFilesByID :many
-- Files by id, and those that attachments name.
SELECT f.id, f.size, f.type, f.width, f.height FROM file f WHERE f.workspace_id = @workspace_id
    AND f.id = ANY(@ids::uuid[] || ARRAY(SELECT a.file_id FROM attachment a WHERE a.workspace_id = @workspace_id AND a.id = ANY(@attachments::uuid[])));

-- name: SumFiles :one
SELECT COALESCE(sum(size), 0)::bigint FROM file WHERE workspace_id = @workspace_id;

-- name: RenewFile :one
-- The file of a content, which counts as uploaded just now.
UPDATE file SET uploaded_at = now() WHERE workspace_id = @workspace_id AND sha256 = @sha256 RETURNING id;

-- name: InsertFile :one
-- The id is another one than was wished for where somebody else was faster with the same content.
INSERT INTO file (workspace_id, id, sha256, size, type, width, height) VALUES (@workspace_id, @id, @sha256, @size, @type, @width, @height)
ON CONFLICT ON CONSTRAINT file_content_unique DO UPDATE SET uploaded_at = now() RETURNING id;

-- name: InsertFilePiece :exec
INSERT INTO file_piece (workspace_id, file_id, ordinal, content) VALUES (@workspace_id, @file_id, @ordinal, @content);

-- name: GetFilePiece :one
SELECT content FROM file_piece WHERE workspace_id = @workspace_id AND file_id = @file_id AND ordinal = @ordinal;

-- name: ListOrphans :many
-- Files, some of them, that were uploaded so many seconds ago and that no attachment names but those trashed so many seconds ago.
SELECT f.workspace_id, f.id FROM file f WHERE f.uploaded_at < now() - make_interval(secs => @uploaded::double precision)
    AND NOT EXISTS (SELECT 1 FROM attachment a WHERE a.workspace_id = f.workspace_id AND a.file_id = f.id
        AND (a.deleted_at IS NULL OR a.deleted_at >= now() - make_interval(secs => @trashed::double precision)))
ORDER BY f.workspace_id LIMIT @most;

-- name: DeleteOrphans :execrows
-- Those of some files that are orphans still. Only under the workspace's lock, under which attachments are made. One that is uploaded anew
-- meanwhile stays: its row is looked at again once it is locked.
DELETE FROM file WHERE file.workspace_id = @workspace_id AND file.id IN (
    SELECT f.id FROM file f WHERE f.workspace_id = @workspace_id AND f.id = ANY(@ids::uuid[]) AND f.uploaded_at < now() - make_interval(secs => @uploaded::double precision)
        AND NOT EXISTS (SELECT 1 FROM attachment a WHERE a.workspace_id = f.workspace_id AND a.file_id = f.id
            AND (a.deleted_at IS NULL OR a.deleted_at >= now() - make_interval(secs => @trashed::double precision)))
    FOR UPDATE OF f SKIP LOCKED);

-- name: DeleteLoosePieces :execrows
-- Pieces of files that are not there any more, some of them at once.
DELETE FROM file_piece WHERE (workspace_id, file_id, ordinal) IN (
    SELECT p.workspace_id, p.file_id, p.ordinal FROM file_piece p
    WHERE NOT EXISTS (SELECT 1 FROM file f WHERE f.workspace_id = p.workspace_id AND f.id = p.file_id) LIMIT @most);
