// Package image builds the container image and runs it as its users do: published ports, health, profiles from outside,
// no privileges, two on one network, and Docker Compose with the IPMI exporter and Prometheus. What asks the containers
// are ipmitool and FreeIPMI.
//
// The tests have the build tag "image", because they need a Docker engine: "make test-image". Without one they fail, they
// are never skipped; .ci/run runs them where there is an engine. Images that the Dockerfile and compose.yaml name are
// pulled, or made from this computer's programs where no registry is reachable (.ci/images).
//
// Everything that the tests make has the label "fakebmc.test" and is removed in the end; containers are on networks of
// the tests only, and published ports on loopback. With CONFORMANCE_KEEP=1 the images stay for the next run.
package image
