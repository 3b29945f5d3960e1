# The container image of fakebmc: one static binary and nothing else.
#
#   docker build -t fakebmc .
#   docker run -p 623:623/udp -p 8623:8623 fakebmc

# BuildKit knows the platform it runs on. The older builder does not, and is told: --build-arg BUILDPLATFORM=linux/arm64.
ARG BUILDPLATFORM=${BUILDPLATFORM:-linux/amd64}

FROM --platform=$BUILDPLATFORM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
# The platform that the image is for. Empty, it is the builder's.
ARG TARGETOS
ARG TARGETARCH
ARG TARGETVARIANT
ARG VERSION
ARG REVISION
RUN CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH GOARM=${TARGETVARIANT#v} \
    go build -trimpath -buildvcs=false -ldflags "-s -w -X main.version=$VERSION -X main.revision=$REVISION" \
    -o /out/fakebmc ./cmd/fakebmc
# A named volume mounted here belongs to the user below.
RUN mkdir -p -m 700 /out/home/state

FROM scratch
COPY --from=build /out/fakebmc /fakebmc
COPY --from=build --chown=65532:65532 /out/home/ /

# Nobody's number, by custom. It is a number because there is no /etc/passwd, and because Kubernetes sees only from a
# number that it is not root.
USER 65532:65532

# A container is reached from outside, and its ports are its own: all addresses, and IPMI's own port. A port below 1024
# needs no privilege in a container of Docker; where it does (Kubernetes, --network host), set a higher one.
ENV FAKEBMC_LISTEN=:623 \
    FAKEBMC_HTTP=:8623
EXPOSE 623/udp 8623/tcp

# The HTTP port is asked, never the UDP one, which faults may silence on purpose. Every second, because whoever starts a
# service in a test waits for the first answer.
HEALTHCHECK --interval=1s --timeout=3s --retries=3 CMD ["/fakebmc", "healthcheck"]

STOPSIGNAL SIGTERM
ENTRYPOINT ["/fakebmc"]

ARG VERSION
ARG REVISION
ARG CREATED
LABEL org.opencontainers.image.title="fakebmc" \
      org.opencontainers.image.description="A BMC made of software: IPMI v1.5 and v2.0 on UDP, for tests" \
      org.opencontainers.image.url="https://github.com/fakebmc/fakebmc" \
      org.opencontainers.image.source="https://github.com/fakebmc/fakebmc" \
      org.opencontainers.image.documentation="https://github.com/fakebmc/fakebmc#readme" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION" \
      org.opencontainers.image.created="$CREATED"
