package io.dvcr.importers.registry;

import io.dvcr.importers.source.SourceAnswer;
import io.dvcr.importers.source.SourceSession;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpHeaders;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/** Connects only to addresses that sources may have: for registries that strangers name, and wherever those send us. */
final class JudgedTransport implements RegistryTransport {
    private final SourceSession session;
    private final LongAdder received = new LongAdder();

    /** @param session not closed here */
    JudgedTransport(SourceSession session) {
        this.session = session;
    }

    @Override
    public long received() {
        return received.sum();
    }

    @Override
    public RegistryResponse send(RegistryRequest request, URI url, Optional<String> authorization) throws IOException {
        SourceAnswer answer = answer(request, url, authorization);
        return new RegistryResponse(
                answer.status(),
                HttpHeaders.of(answer.headers(), (_, _) -> true),
                new CuttableBody(answer.body(), received));
    }

    private SourceAnswer answer(RegistryRequest request, URI url, Optional<String> authorization) throws IOException {
        Map<String, String> headers = new HashMap<>(request.headers());
        authorization.ifPresent(value -> headers.put("Authorization", value));
        String origin = RegistryHttp.origin(url);
        try {
            return session.send(request.method(), url, headers, request.body());
        } catch (SocketTimeoutException e) {
            throw new IOException(origin + " does not answer in time", e);
        } catch (UnknownHostException e) {
            throw new IOException("the host of " + origin + " is not known", e);
        } catch (ConnectException e) {
            throw new IOException("cannot connect to " + origin, e);
        }
    }

    /** Tells a connection that is cut, after which it can be tried again, from everything else. */
    private static final class CuttableBody extends FilterInputStream {
        private final LongAdder received;

        CuttableBody(InputStream body, LongAdder received) {
            super(body);
            this.received = received;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            try {
                int read = in.read(target, offset, length);
                received.add(Math.max(0, read));
                return read;
            } catch (SocketTimeoutException e) {
                throw new BodyCutException("nothing has arrived for too long", e);
            } catch (InterruptedIOException e) {
                throw e;
            } catch (IOException e) {
                throw new BodyCutException("the connection failed: " + e.getMessage(), e);
            }
        }
    }
}
