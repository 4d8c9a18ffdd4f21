#!/usr/bin/env bash
# Writes what EF Core makes of the classes of the database again, for each database: a start reads it, instead of working it out
# each time. After every change to what is stored, beside the migrations; a test says when it was forgotten. Needs the .NET SDK.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Without the files themselves, which may not fit any more.
export EFDesign=true
dotnet tool restore
dotnet build BlazorChat.Storage --nologo -v quiet
for database in Sqlite Postgres; do
  folder="BlazorChat.Storage/$database/Compiled"
  rm -rf "$folder"
  dotnet ef dbcontext optimize --no-build --project BlazorChat.Storage --context "${database}ChatDbContext" \
    --output-dir "$database/Compiled" --namespace "BlazorChat.Storage.$database.Compiled" >/dev/null
  # Nobody else's, and without a byte order mark.
  sed -i -e '1s/^\xEF\xBB\xBF//' -e 's/^    public partial class/    internal partial class/' "$folder"/*.cs
done
