package dev.bulkhead.operator.objectstore;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import dev.bulkhead.operator.calls.ExternalCalls.Verb;
import dev.bulkhead.operator.objectstore.StoreException.StoreFailure;
import dev.bulkhead.operator.tls.ClientCertificate;
import dev.bulkhead.operator.tls.TrustedCertificates;
import io.grpc.CallOptions;
import io.grpc.ChannelCredentials;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.okhttp.OkHttpChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.time.Clock;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/**
 * Requests to a SeaweedFS filer: gRPC over mutual TLS, each with a token of its own. What fails is a {@link StoreException}
 * without a word of the server's own.
 */
final class FilerChannel implements AutoCloseable {
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private static final int HTTPS = 443;

    /** Bytes; a list of 100,000 users has a third of it. */
    private static final int LONGEST_ANSWER = 64 << 20;

    /** The filer says so as text, with a code that stands for anything. */
    private static final String NO_ENTRY = "no entry is found in filer store";

    private final StoreGate gate;
    private final StoreConnection connection;
    private final ChannelCredentials credentials;
    private final FilerToken token;
    private final AtomicReference<@Nullable ManagedChannel> channel = new AtomicReference<>();

    /**
     * Opens no connection yet.
     *
     * @param connection with the access to the filer
     * @throws StoreException when what the filer is to be shown cannot be read
     */
    FilerChannel(StoreConnection connection, StoreGate gate) {
        FilerAccess access = connection.filer();
        if (access == null) {
            throw new IllegalArgumentException("a connection with the access to the filer is needed");
        }
        this.connection = connection;
        this.gate = gate;
        this.credentials = credentials(connection, access);
        this.token = new FilerToken(access.signingKey(), Clock.systemUTC());
    }

    /** One kind of request. */
    record Rpc<Q extends MessageLite, A extends MessageLite>(Verb verb, MethodDescriptor<Q, A> method) {
        /**
         * Describes it.
         *
         * @param path service and method
         * @param question any message of its kind
         * @param answer any message of its kind
         */
        static <Q extends MessageLite, A extends MessageLite> Rpc<Q, A> of(
                Verb verb, String path, Q question, A answer) {
            return new Rpc<>(
                    verb,
                    MethodDescriptor.newBuilder(new Wire<>(question), new Wire<>(answer))
                            .setType(MethodDescriptor.MethodType.UNARY)
                            .setFullMethodName(path)
                            .build());
        }

        /** As failures and metrics name it. */
        String operation() {
            return String.valueOf(method.getBareMethodName());
        }
    }

    /** Sends one request. */
    <Q extends MessageLite, A extends MessageLite> A call(Rpc<Q, A> rpc, Q question) {
        return gate.call(rpc.verb(), rpc.operation(), () -> send(rpc, question));
    }

    @Override
    public void close() {
        ManagedChannel open = channel.getAndSet(null);
        if (open != null) {
            open.shutdownNow();
        }
    }

    private <Q extends MessageLite, A extends MessageLite> A send(Rpc<Q, A> rpc, Q question) {
        ManagedChannel over = channel();
        Metadata headers = new Metadata();
        headers.put(AUTHORIZATION, "Bearer " + token.fresh());
        try {
            return ClientCalls.blockingUnaryCall(
                    ClientInterceptors.intercept(over, MetadataUtils.newAttachHeadersInterceptor(headers)),
                    rpc.method(),
                    CallOptions.DEFAULT.withDeadlineAfter(
                            connection.limits().call().toMillis(), TimeUnit.MILLISECONDS),
                    question);
        } catch (StatusRuntimeException e) {
            StoreException failure = failure(rpc.operation(), e.getStatus());
            if (e.getStatus().getCode() == Status.Code.UNAVAILABLE && channel.compareAndSet(over, null)) {
                over.shutdown(); // one that failed would wait longer and longer before it tries again
            }
            throw failure;
        }
    }

    private ManagedChannel channel() {
        ManagedChannel open = channel.get();
        if (open != null) {
            return open;
        }
        URI address = connection.adminEndpoint();
        ManagedChannel made = OkHttpChannelBuilder.forAddress(
                        address.getHost(), address.getPort() < 0 ? HTTPS : address.getPort(), credentials)
                .proxyDetector(_ -> null)
                .disableServiceConfigLookUp()
                .disableRetry()
                .maxInboundMessageSize(LONGEST_ANSWER)
                .build();
        ManagedChannel first = channel.compareAndExchange(null, made);
        if (first == null) {
            return made;
        }
        made.shutdownNow();
        return first;
    }

    private static ChannelCredentials credentials(StoreConnection connection, FilerAccess access) {
        TlsChannelCredentials.Builder tls = TlsChannelCredentials.newBuilder();
        try {
            tls.keyManager(
                    ClientCertificate.of(access.certificate(), access.key()).keyManagers());
        } catch (GeneralSecurityException e) {
            throw new StoreException(StoreFailure.Credentials, "Connect", "tls.crt and tls.key: " + e.getMessage());
        }
        TrustedCertificates trusted = connection.trust();
        if (trusted != null) {
            tls.trustManager(trusted.trustManagers());
        }
        return tls.build();
    }

    static StoreException failure(String operation, Status status) {
        String detail = "gRPC " + status.getCode();
        return switch (status.getCode()) {
            case UNAVAILABLE -> unavailable(operation, detail, status.getCause());
            case UNAUTHENTICATED -> new StoreException(StoreFailure.Credentials, operation, detail);
            case PERMISSION_DENIED -> new StoreException(StoreFailure.Forbidden, operation, detail);
            case NOT_FOUND -> new StoreException(StoreFailure.Missing, operation, detail);
            case ALREADY_EXISTS -> new StoreException(StoreFailure.Exists, operation, detail);
            case DEADLINE_EXCEEDED -> new StoreException(StoreFailure.Slow, operation, detail);
            case CANCELLED -> new StoreException(StoreFailure.Stopped, operation, detail);
            case UNIMPLEMENTED -> new StoreException(StoreFailure.Unsupported, operation, detail);
            case INVALID_ARGUMENT, FAILED_PRECONDITION, OUT_OF_RANGE ->
                new StoreException(StoreFailure.Rejected, operation, detail);
            case RESOURCE_EXHAUSTED, ABORTED, INTERNAL, DATA_LOSS ->
                new StoreException(StoreFailure.Busy, operation, detail);
            case UNKNOWN, OK ->
                new StoreException(
                        String.valueOf(status.getDescription()).contains(NO_ENTRY)
                                ? StoreFailure.Missing
                                : StoreFailure.Busy,
                        operation,
                        detail);
        };
    }

    /** A certificate of ours that the server does not take ends the connection as one of its own does that we do not. */
    private static StoreException unavailable(String operation, String detail, @Nullable Throwable failure) {
        boolean tls = false;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateException || cause instanceof SSLPeerUnverifiedException) {
                return new StoreException(StoreFailure.Untrusted, operation, "TLS handshake failed");
            }
            if (cause instanceof ConnectException || cause instanceof UnknownHostException) {
                return new StoreException(StoreFailure.Unreachable, operation, detail);
            }
            tls |= cause instanceof SSLException;
        }
        return tls
                ? new StoreException(StoreFailure.Credentials, operation, "the server refused the client certificate")
                : new StoreException(StoreFailure.Unreachable, operation, detail);
    }

    /** A message as bytes. */
    private record Wire<M extends MessageLite>(M any) implements MethodDescriptor.Marshaller<M> {
        @Override
        public InputStream stream(M message) {
            return message.toByteString().newInput();
        }

        @Override
        @SuppressWarnings("unchecked") // the parser of a message makes messages of its kind
        public M parse(InputStream stream) {
            try {
                return ((Parser<M>) any.getParserForType()).parseFrom(stream);
            } catch (InvalidProtocolBufferException e) {
                throw Status.INTERNAL.withDescription("unreadable").asRuntimeException();
            }
        }
    }
}
