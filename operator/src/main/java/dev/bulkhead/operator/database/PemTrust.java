package dev.bulkhead.operator.database;

import dev.bulkhead.operator.tls.TrustedCertificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import javax.net.ssl.SSLSocketFactory;

/**
 * {@link TrustedCertificates} as PostgreSQL's driver takes them: it makes this class by name, with the PEM text as
 * {@code sslfactoryarg}. The host name is verified by the driver ({@code sslmode=verify-full}).
 */
public final class PemTrust extends SSLSocketFactory {
    private final SSLSocketFactory trusting;

    /**
     * For the driver.
     *
     * @param pem one or more certificates
     * @throws GeneralSecurityException when the text holds none
     */
    public PemTrust(String pem) throws GeneralSecurityException {
        this.trusting = TrustedCertificates.of(pem).context().getSocketFactory();
    }

    @Override
    public Socket createSocket() throws IOException {
        return trusting.createSocket();
    }

    @Override
    public Socket createSocket(Socket socket, String host, int port, boolean autoClose) throws IOException {
        return trusting.createSocket(socket, host, port, autoClose);
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return trusting.createSocket(host, port);
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort) throws IOException {
        return trusting.createSocket(host, port, local, localPort);
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return trusting.createSocket(host, port);
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) throws IOException {
        return trusting.createSocket(host, port, local, localPort);
    }

    @Override
    public String[] getDefaultCipherSuites() {
        return trusting.getDefaultCipherSuites();
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return trusting.getSupportedCipherSuites();
    }
}
