# An image with the commands, the app in a terminal and the app in a browser. The volume "briefreader" has the library.
#   docker build -t briefreader .
#   docker run --rm -v briefreader:/data briefreader add - <newsletter.eml
#   docker run --rm -it -v briefreader:/data briefreader
#   docker run --rm --network host -v briefreader:/data briefreader serve
FROM python:3.13-slim AS build
WORKDIR /source
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY docs docs
COPY src src
COPY taxonomy taxonomy
COPY sample_docs sample_docs
RUN python -m venv /opt/briefreader \
    && /opt/briefreader/bin/pip install --no-cache-dir -c constraints.txt '.[web,pdf]'

FROM python:3.13-slim
COPY --from=build /opt/briefreader /opt/briefreader
RUN useradd --create-home --uid 1000 reader && install -d -o reader -g reader /data
USER 1000
ENV PATH=/opt/briefreader/bin:$PATH \
    BRIEFREADER_LIBRARY=/data/library \
    LANG=C.UTF-8 \
    TERM=xterm-256color
VOLUME /data
WORKDIR /data
ENTRYPOINT ["briefreader"]
