package io.dvcr.importers.source;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.apache.hc.client5.http.auth.AuthScope;
import org.apache.hc.client5.http.auth.UsernamePasswordCredentials;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.auth.BasicCredentialsProvider;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.io.HttpClientConnectionManager;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.core5.util.Timeout;

/**
 * Makes the clients that sources are read with: each judges addresses and does nothing by itself.
 *
 * @param tls whom to trust; empty for whom Java does
 */
record SourceClients(
        AddressPolicy addresses, DownloadPatience patience, Optional<SSLContext> tls, Optional<ProxySettings> proxy) {

    /** More than all imports that run at once have together. */
    private static final int MAX_CONNECTIONS = 2048;

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(15);

    /** @param special instead of {@code tls}, for a source that wants another */
    CloseableHttpClient make(Optional<SSLContext> special) {
        HttpClientBuilder builder = HttpClients.custom()
                .setConnectionManager(connections(special.or(this::tls)))
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setResponseTimeout(Timeout.of(patience.stallTimeout()))
                        .setProtocolUpgradeEnabled(false) // else it offers TLS by Upgrade, which some servers refuse
                        .build())
                .setUserAgent("dvcr")
                .disableRedirectHandling()
                .disableContentCompression()
                .disableAutomaticRetries()
                .disableCookieManagement();
        proxy.ifPresent(settings -> through(settings, builder));
        return builder.build();
    }

    private HttpClientConnectionManager connections(Optional<SSLContext> context) {
        PoolingHttpClientConnectionManagerBuilder builder = PoolingHttpClientConnectionManagerBuilder.create()
                .setDnsResolver(new JudgingResolver(addresses))
                .setDefaultConnectionConfig(ConnectionConfig.custom()
                        .setConnectTimeout(Timeout.of(CONNECT_TIMEOUT))
                        .setSocketTimeout(Timeout.of(patience.stallTimeout()))
                        .build())
                .setMaxConnTotal(MAX_CONNECTIONS)
                .setMaxConnPerRoute(MAX_CONNECTIONS);
        context.ifPresent(known -> builder.setTlsSocketStrategy(new DefaultClientTlsStrategy(known)));
        return builder.build();
    }

    private void through(ProxySettings settings, HttpClientBuilder builder) {
        builder.setRoutePlanner(new ProxyRoutes(settings, addresses));
        Optional.ofNullable(settings.url().getUserInfo()).ifPresent(user -> {
            String[] parts = user.split(":", 2);
            BasicCredentialsProvider credentials = new BasicCredentialsProvider();
            credentials.setCredentials(
                    new AuthScope(settings.url().getHost(), settings.port()),
                    new UsernamePasswordCredentials(parts[0], (parts.length == 2 ? parts[1] : "").toCharArray()));
            builder.setDefaultCredentialsProvider(credentials);
        });
    }

    private record JudgingResolver(AddressPolicy addresses) implements DnsResolver {
        @Override
        public InetAddress[] resolve(String host) throws UnknownHostException {
            InetAddress[] resolved = SystemDefaultDnsResolver.INSTANCE.resolve(host);
            for (InetAddress address : resolved) {
                addresses.check(host, address);
            }
            return resolved;
        }

        @Override
        public String resolveCanonicalHostname(String host) throws UnknownHostException {
            return SystemDefaultDnsResolver.INSTANCE.resolveCanonicalHostname(host);
        }
    }
}
