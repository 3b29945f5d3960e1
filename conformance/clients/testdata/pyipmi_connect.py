"""Opens a session of python-ipmi's own v1.5 interface with the controller itself."""
import pyipmi
import pyipmi.interfaces


def connect(host, port, name, password, **options):
    interface = pyipmi.interfaces.create_interface("rmcp", slave_address=0x81, host_target_address=0x20,
                                                   keep_alive_interval=0, **options)
    client = pyipmi.create_connection(interface)
    client.session.set_session_type_rmcp(host, port=int(port))
    client.session.set_auth_type_user(name, password)
    client.target = pyipmi.Target(ipmb_address=0x20)
    client.session.establish()
    return client
