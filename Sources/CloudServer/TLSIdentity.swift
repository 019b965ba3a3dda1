public import CloudModel
internal import Crypto
internal import Foundation
internal import NIOSSL
internal import Platform
internal import SwiftASN1
internal import X509
internal import YunCore

/// The certificate that a server shows, and its key.
public struct TLSIdentity: Sendable {
    /// Ten years: whoever trusts it has compared its fingerprint, which a new one would not have.
    private static let validSeconds = 3650.0 * 86_400
    /// A phone whose clock is behind takes it, too.
    private static let clockSkewSeconds = 86_400.0

    /// Of the certificate, SHA-256, as owners compare it.
    public let fingerprint: String
    let configuration: TLSConfiguration

    /// Reads a chain of certificates, the server's first, and its key, all in PEM.
    public init(certificatePath: String, keyPath: String) throws(Problem) {
        do {
            let chain = try NIOSSLCertificate.fromPEMFile(certificatePath)
            let key = try NIOSSLPrivateKey(file: keyPath, format: .pem)
            guard let first = chain.first else { throw NIOSSLError.failedToLoadCertificate }
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
            configuration.minimumTLSVersion = .tlsv12
            configuration.applicationProtocols = ["http/1.1"]
            // Only this compares the key with the certificate.
            _ = try NIOSSLContext(configuration: configuration)
            self.configuration = configuration
            fingerprint = try SHA256.hash(data: first.toDERBytes())
                .map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }.joined(separator: ":")
        } catch {
            throw Problem(
                .malformed,
                "cannot serve with the certificate \(certificatePath.escaped) and the key \(keyPath.escaped)",
                cause: "both are PEM, and belong together: \(error)")
        }
    }

    /// The identity below a directory, made where missing, that no authority vouches for.
    /// - Parameter host: what clients connect to, beside `localhost` and this machine's name.
    public static func selfSigned(in directory: String, host: String) throws(Problem) -> TLSIdentity {
        let path = directory + "/self-signed.pem"
        do {
            let parent = try AnchoredDirectory.make(at: directory, permissions: 0o700)
            if try parent.status(of: "self-signed.pem") == nil {
                // Key and certificate in one file, so that there are both or none.
                let file = try PublishedFile(path: path, permissions: 0o600)
                let text = try make(for: [host, "localhost", ProcessInfo.processInfo.hostName])
                try file.withDescriptor { (descriptor) throws(Failure) in
                    try descriptor.write(Array(text.utf8))
                }
                try file.publish()
            }
        } catch {
            throw Problem(
                .unavailable, "cannot make a certificate in \(directory.escaped)", cause: "\(error)")
        }
        return try TLSIdentity(certificatePath: path, keyPath: path)
    }

    private static func make(for hosts: [String]) throws -> String {
        let key = P256.Signing.PrivateKey()
        let name = try DistinguishedName { CommonName("ycloud") }
        let now = Date()
        let certificate = try Certificate(
            version: .v3, serialNumber: .init(), publicKey: .init(key.publicKey),
            notValidBefore: now.addingTimeInterval(-clockSkewSeconds),
            notValidAfter: now.addingTimeInterval(validSeconds), issuer: name, subject: name,
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true))
                try ExtendedKeyUsage([.serverAuth])
                SubjectAlternativeNames(hosts.map(generalName))
            }, issuerPrivateKey: .init(key))
        return try certificate.serializeAsPEM().pemString + "\n" + key.pemRepresentation + "\n"
    }

    private static func generalName(_ host: String) -> GeneralName {
        var version4 = in_addr()
        var version6 = in6_addr()
        if unsafe inet_pton(AF_INET, host, &version4) == 1 {
            return .ipAddress(
                ASN1OctetString(contentBytes: unsafe ArraySlice(withUnsafeBytes(of: version4, Array.init))))
        }
        if unsafe inet_pton(AF_INET6, host, &version6) == 1 {
            return .ipAddress(
                ASN1OctetString(contentBytes: unsafe ArraySlice(withUnsafeBytes(of: version6, Array.init))))
        }
        return .dnsName(host)
    }
}
