# The container image of BlazorChat. docs/operations.md ("Containers") says how to run it. CI builds no image;
# eng/docker-steps.sh reads this file and takes its steps without a container engine.

# The published application is portable, so an image for another architecture needs no emulation to build.
FROM --platform=$BUILDPLATFORM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /src
# Only what a restore reads, so that packages are downloaded again only when one of these files changes.
COPY global.json Directory.Build.props Directory.Packages.props ./
COPY BlazorChat/BlazorChat.csproj BlazorChat/
COPY BlazorChat.Agents/BlazorChat.Agents.csproj BlazorChat.Agents/
COPY BlazorChat.Core/BlazorChat.Core.csproj BlazorChat.Core/
COPY BlazorChat.Markdown/BlazorChat.Markdown.csproj BlazorChat.Markdown/
COPY BlazorChat.Storage/BlazorChat.Storage.csproj BlazorChat.Storage/
RUN dotnet restore BlazorChat
COPY .editorconfig THIRD-PARTY-NOTICES.md ./
COPY eng/BannedSymbols.txt eng/
COPY BlazorChat.Agents/ BlazorChat.Agents/
COPY BlazorChat.Core/ BlazorChat.Core/
COPY BlazorChat.Markdown/ BlazorChat.Markdown/
COPY BlazorChat.Storage/ BlazorChat.Storage/
COPY BlazorChat/ BlazorChat/
# The build for the tests runs the analyzers; they do not change the result.
RUN dotnet publish BlazorChat -c Release --no-restore -p:UseAppHost=false -p:RunAnalyzers=false -o /out

FROM mcr.microsoft.com/dotnet/aspnet:10.0
WORKDIR /app
COPY --from=build /out ./
ENV DataFolder=/data ASPNETCORE_HTTP_PORTS=8080
# For the base image's user `app`. A new volume inherits owner and mode.
RUN mkdir -m 0700 /data && chown $APP_UID:$APP_UID /data
VOLUME /data
EXPOSE 8080
USER $APP_UID
# With bash, since the image has neither curl nor wget.
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/$ASPNETCORE_HTTP_PORTS && printf 'GET /health/ready HTTP/1.0\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]
ENTRYPOINT ["dotnet", "BlazorChat.dll"]
