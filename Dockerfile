# Two stages: the first builds, the second holds the program and the libraries it needs.
#
#   docker build -t reprise .
#   docker run --rm -v ./scenarios:/scenarios:ro -e TARGET=http://host:8080 reprise

FROM docker.io/library/debian:bookworm-slim AS build
RUN mkdir -p /src/contrib
WORKDIR /src
COPY contrib/install-deps contrib/install-deps
RUN contrib/install-deps build
COPY . .
RUN autoreconf -fi \
	&& mkdir -p /build \
	&& cd /build \
	&& /src/configure -q --prefix=/usr CFLAGS='-O2 -g0' \
	&& make -j "$(nproc)" \
	&& make install-exec DESTDIR=/image

FROM docker.io/library/debian:bookworm-slim
COPY contrib/install-deps /tmp/install-deps
RUN /tmp/install-deps run && rm -rf /tmp/install-deps /var/lib/apt/lists/* /var/cache/apt/*.bin
RUN groupadd --gid 10001 reprise \
	&& useradd --uid 10001 --gid 10001 --no-create-home --home-dir /out --shell /usr/sbin/nologin reprise \
	&& mkdir -p /scenarios /out \
	&& chown 10001:10001 /out \
	&& chmod 1777 /out
COPY --from=build /image/usr/bin/reprise /usr/bin/reprise
WORKDIR /out
ENV LANG=C.UTF-8
USER 10001:10001
ENTRYPOINT ["reprise"]
CMD ["run", "/scenarios/scenario.yaml"]
