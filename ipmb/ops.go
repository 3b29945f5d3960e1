package ipmb

// Chassis commands. [IPMI 2.0 App. G, Table G-1]
var (
	GetChassisCapabilities     = Op{NetFn: NetFnChassis, Cmd: 0x00} // §28.1
	GetChassisStatus           = Op{NetFn: NetFnChassis, Cmd: 0x01} // §28.2
	ChassisControl             = Op{NetFn: NetFnChassis, Cmd: 0x02} // §28.3
	ChassisReset               = Op{NetFn: NetFnChassis, Cmd: 0x03} // §28.4
	ChassisIdentify            = Op{NetFn: NetFnChassis, Cmd: 0x04} // §28.5
	SetChassisCapabilities     = Op{NetFn: NetFnChassis, Cmd: 0x05} // §28.7
	SetPowerRestorePolicy      = Op{NetFn: NetFnChassis, Cmd: 0x06} // §28.8
	GetSystemRestartCause      = Op{NetFn: NetFnChassis, Cmd: 0x07} // §28.11
	SetSystemBootOptions       = Op{NetFn: NetFnChassis, Cmd: 0x08} // §28.12
	GetSystemBootOptions       = Op{NetFn: NetFnChassis, Cmd: 0x09} // §28.13
	SetFrontPanelButtonEnables = Op{NetFn: NetFnChassis, Cmd: 0x0a} // §28.6
	SetPowerCycleInterval      = Op{NetFn: NetFnChassis, Cmd: 0x0b} // §28.9
	GetPOHCounter              = Op{NetFn: NetFnChassis, Cmd: 0x0f} // §28.14
)

// Bridge (ICMB) commands. [IPMI 2.0 App. G, Table G-1]
var (
	GetBridgeState         = Op{NetFn: NetFnBridge, Cmd: 0x00} // ICMB
	SetBridgeState         = Op{NetFn: NetFnBridge, Cmd: 0x01} // ICMB
	GetICMBAddress         = Op{NetFn: NetFnBridge, Cmd: 0x02} // ICMB
	SetICMBAddress         = Op{NetFn: NetFnBridge, Cmd: 0x03} // ICMB
	SetBridgeProxyAddress  = Op{NetFn: NetFnBridge, Cmd: 0x04} // ICMB
	GetBridgeStatistics    = Op{NetFn: NetFnBridge, Cmd: 0x05} // ICMB
	GetICMBCapabilities    = Op{NetFn: NetFnBridge, Cmd: 0x06} // ICMB
	ClearBridgeStatistics  = Op{NetFn: NetFnBridge, Cmd: 0x08} // ICMB
	GetBridgeProxyAddress  = Op{NetFn: NetFnBridge, Cmd: 0x09} // ICMB
	GetICMBConnectorInfo   = Op{NetFn: NetFnBridge, Cmd: 0x0a} // ICMB
	GetICMBConnectionID    = Op{NetFn: NetFnBridge, Cmd: 0x0b} // ICMB
	SendICMBConnectionID   = Op{NetFn: NetFnBridge, Cmd: 0x0c} // ICMB
	PrepareForDiscovery    = Op{NetFn: NetFnBridge, Cmd: 0x10} // ICMB
	GetAddresses           = Op{NetFn: NetFnBridge, Cmd: 0x11} // ICMB
	SetDiscovered          = Op{NetFn: NetFnBridge, Cmd: 0x12} // ICMB
	GetChassisDeviceId     = Op{NetFn: NetFnBridge, Cmd: 0x13} // ICMB
	SetChassisDeviceId     = Op{NetFn: NetFnBridge, Cmd: 0x14} // ICMB
	BridgeRequest          = Op{NetFn: NetFnBridge, Cmd: 0x20} // ICMB
	BridgeMessage          = Op{NetFn: NetFnBridge, Cmd: 0x21} // ICMB
	GetEventCount          = Op{NetFn: NetFnBridge, Cmd: 0x30} // ICMB
	SetEventDestination    = Op{NetFn: NetFnBridge, Cmd: 0x31} // ICMB
	SetEventReceptionState = Op{NetFn: NetFnBridge, Cmd: 0x32} // ICMB
	SendICMBEventMessage   = Op{NetFn: NetFnBridge, Cmd: 0x33} // ICMB
	GetEventDestination    = Op{NetFn: NetFnBridge, Cmd: 0x34} // ICMB
	GetEventReceptionState = Op{NetFn: NetFnBridge, Cmd: 0x35} // ICMB
	ErrorReport            = Op{NetFn: NetFnBridge, Cmd: 0xff} // ICMB
)

// Sensor/Event commands. [IPMI 2.0 App. G, Table G-1]
var (
	SetEventReceiver               = Op{NetFn: NetFnSensor, Cmd: 0x00} // §29.1
	GetEventReceiver               = Op{NetFn: NetFnSensor, Cmd: 0x01} // §29.2
	PlatformEventMessage           = Op{NetFn: NetFnSensor, Cmd: 0x02} // §29.3
	GetPEFCapabilities             = Op{NetFn: NetFnSensor, Cmd: 0x10} // §30.1
	ArmPEFPostponeTimer            = Op{NetFn: NetFnSensor, Cmd: 0x11} // §30.2
	SetPEFConfigurationParameters  = Op{NetFn: NetFnSensor, Cmd: 0x12} // §30.3
	GetPEFConfigurationParameters  = Op{NetFn: NetFnSensor, Cmd: 0x13} // §30.4
	SetLastProcessedEventID        = Op{NetFn: NetFnSensor, Cmd: 0x14} // §30.5
	GetLastProcessedEventID        = Op{NetFn: NetFnSensor, Cmd: 0x15} // §30.6
	AlertImmediate                 = Op{NetFn: NetFnSensor, Cmd: 0x16} // §30.7
	PETAcknowledge                 = Op{NetFn: NetFnSensor, Cmd: 0x17} // §30.8
	GetDeviceSDRInfo               = Op{NetFn: NetFnSensor, Cmd: 0x20} // §35.2
	GetDeviceSDR                   = Op{NetFn: NetFnSensor, Cmd: 0x21} // §35.3
	ReserveDeviceSDRRepository     = Op{NetFn: NetFnSensor, Cmd: 0x22} // §35.4
	GetSensorReadingFactors        = Op{NetFn: NetFnSensor, Cmd: 0x23} // §35.5
	SetSensorHysteresis            = Op{NetFn: NetFnSensor, Cmd: 0x24} // §35.6
	GetSensorHysteresis            = Op{NetFn: NetFnSensor, Cmd: 0x25} // §35.7
	SetSensorThresholds            = Op{NetFn: NetFnSensor, Cmd: 0x26} // §35.8
	GetSensorThresholds            = Op{NetFn: NetFnSensor, Cmd: 0x27} // §35.9
	SetSensorEventEnable           = Op{NetFn: NetFnSensor, Cmd: 0x28} // §35.10
	GetSensorEventEnable           = Op{NetFn: NetFnSensor, Cmd: 0x29} // §35.11
	ReArmSensorEvents              = Op{NetFn: NetFnSensor, Cmd: 0x2a} // §35.12
	GetSensorEventStatus           = Op{NetFn: NetFnSensor, Cmd: 0x2b} // §35.13
	GetSensorReading               = Op{NetFn: NetFnSensor, Cmd: 0x2d} // §35.14
	SetSensorType                  = Op{NetFn: NetFnSensor, Cmd: 0x2e} // §35.15
	GetSensorType                  = Op{NetFn: NetFnSensor, Cmd: 0x2f} // §35.16
	SetSensorReadingAndEventStatus = Op{NetFn: NetFnSensor, Cmd: 0x30} // §35.17
)

// App commands. [IPMI 2.0 App. G, Table G-1]
var (
	GetDeviceID                          = Op{NetFn: NetFnApp, Cmd: 0x01} // §20.1
	ColdReset                            = Op{NetFn: NetFnApp, Cmd: 0x02} // §20.2
	WarmReset                            = Op{NetFn: NetFnApp, Cmd: 0x03} // §20.3
	GetSelfTestResults                   = Op{NetFn: NetFnApp, Cmd: 0x04} // §20.4
	ManufacturingTestOn                  = Op{NetFn: NetFnApp, Cmd: 0x05} // §20.5
	SetACPIPowerState                    = Op{NetFn: NetFnApp, Cmd: 0x06} // §20.6
	GetACPIPowerState                    = Op{NetFn: NetFnApp, Cmd: 0x07} // §20.7
	GetDeviceGUID                        = Op{NetFn: NetFnApp, Cmd: 0x08} // §20.8
	GetNetFnSupport                      = Op{NetFn: NetFnApp, Cmd: 0x09} // §21.2
	GetCommandSupport                    = Op{NetFn: NetFnApp, Cmd: 0x0a} // §21.3
	GetCommandSubFunctionSupport         = Op{NetFn: NetFnApp, Cmd: 0x0b} // §21.4
	GetConfigurableCommands              = Op{NetFn: NetFnApp, Cmd: 0x0c} // §21.5
	GetConfigurableCommandSubFunctions   = Op{NetFn: NetFnApp, Cmd: 0x0d} // §21.6
	ResetWatchdogTimer                   = Op{NetFn: NetFnApp, Cmd: 0x22} // §27.5
	SetWatchdogTimer                     = Op{NetFn: NetFnApp, Cmd: 0x24} // §27.6
	GetWatchdogTimer                     = Op{NetFn: NetFnApp, Cmd: 0x25} // §27.7
	SetBMCGlobalEnables                  = Op{NetFn: NetFnApp, Cmd: 0x2e} // §22.1
	GetBMCGlobalEnables                  = Op{NetFn: NetFnApp, Cmd: 0x2f} // §22.2
	ClearMessageFlags                    = Op{NetFn: NetFnApp, Cmd: 0x30} // §22.3
	GetMessageFlags                      = Op{NetFn: NetFnApp, Cmd: 0x31} // §22.4
	EnableMessageChannelReceive          = Op{NetFn: NetFnApp, Cmd: 0x32} // §22.5
	GetMessage                           = Op{NetFn: NetFnApp, Cmd: 0x33} // §22.6
	SendMessage                          = Op{NetFn: NetFnApp, Cmd: 0x34} // §22.7
	ReadEventMessageBuffer               = Op{NetFn: NetFnApp, Cmd: 0x35} // §22.8
	GetBTInterfaceCapabilities           = Op{NetFn: NetFnApp, Cmd: 0x36} // §22.10
	GetSystemGUID                        = Op{NetFn: NetFnApp, Cmd: 0x37} // §22.14
	GetChannelAuthenticationCapabilities = Op{NetFn: NetFnApp, Cmd: 0x38} // §22.13
	GetSessionChallenge                  = Op{NetFn: NetFnApp, Cmd: 0x39} // §22.16
	ActivateSession                      = Op{NetFn: NetFnApp, Cmd: 0x3a} // §22.17
	SetSessionPrivilegeLevel             = Op{NetFn: NetFnApp, Cmd: 0x3b} // §22.18
	CloseSession                         = Op{NetFn: NetFnApp, Cmd: 0x3c} // §22.19
	GetSessionInfo                       = Op{NetFn: NetFnApp, Cmd: 0x3d} // §22.20
	GetAuthCode                          = Op{NetFn: NetFnApp, Cmd: 0x3f} // §22.21
	SetChannelAccess                     = Op{NetFn: NetFnApp, Cmd: 0x40} // §22.22
	GetChannelAccess                     = Op{NetFn: NetFnApp, Cmd: 0x41} // §22.23
	GetChannelInfo                       = Op{NetFn: NetFnApp, Cmd: 0x42} // §22.24
	SetUserAccess                        = Op{NetFn: NetFnApp, Cmd: 0x43} // §22.26
	GetUserAccess                        = Op{NetFn: NetFnApp, Cmd: 0x44} // §22.27
	SetUserName                          = Op{NetFn: NetFnApp, Cmd: 0x45} // §22.28
	GetUserName                          = Op{NetFn: NetFnApp, Cmd: 0x46} // §22.29
	SetUserPassword                      = Op{NetFn: NetFnApp, Cmd: 0x47} // §22.30
	ActivatePayload                      = Op{NetFn: NetFnApp, Cmd: 0x48} // §24.1
	DeactivatePayload                    = Op{NetFn: NetFnApp, Cmd: 0x49} // §24.2
	GetPayloadActivationStatus           = Op{NetFn: NetFnApp, Cmd: 0x4a} // §24.4
	GetPayloadInstanceInfo               = Op{NetFn: NetFnApp, Cmd: 0x4b} // §24.5
	SetUserPayloadAccess                 = Op{NetFn: NetFnApp, Cmd: 0x4c} // §24.6
	GetUserPayloadAccess                 = Op{NetFn: NetFnApp, Cmd: 0x4d} // §24.7
	GetChannelPayloadSupport             = Op{NetFn: NetFnApp, Cmd: 0x4e} // §24.8
	GetChannelPayloadVersion             = Op{NetFn: NetFnApp, Cmd: 0x4f} // §24.9
	GetChannelOEMPayloadInfo             = Op{NetFn: NetFnApp, Cmd: 0x50} // §24.10
	MasterWriteRead                      = Op{NetFn: NetFnApp, Cmd: 0x52} // §22.11
	GetChannelCipherSuites               = Op{NetFn: NetFnApp, Cmd: 0x54} // §22.15
	SuspendResumePayloadEncryption       = Op{NetFn: NetFnApp, Cmd: 0x55} // §24.3
	SetChannelSecurityKeys               = Op{NetFn: NetFnApp, Cmd: 0x56} // §22.25
	GetSystemInterfaceCapabilities       = Op{NetFn: NetFnApp, Cmd: 0x57} // §22.9
	SetSystemInfoParameters              = Op{NetFn: NetFnApp, Cmd: 0x58} // §22.14a
	GetSystemInfoParameters              = Op{NetFn: NetFnApp, Cmd: 0x59} // §22.14b
	SetCommandEnables                    = Op{NetFn: NetFnApp, Cmd: 0x60} // §21.7
	GetCommandEnables                    = Op{NetFn: NetFnApp, Cmd: 0x61} // §21.8
	SetCommandSubFunctionEnables         = Op{NetFn: NetFnApp, Cmd: 0x62} // §21.9
	GetCommandSubFunctionEnables         = Op{NetFn: NetFnApp, Cmd: 0x63} // §21.10
	GetOEMNetFnIANASupport               = Op{NetFn: NetFnApp, Cmd: 0x64} // §21.11
)

// Storage commands. [IPMI 2.0 App. G, Table G-1]
var (
	GetFRUInventoryAreaInfo        = Op{NetFn: NetFnStorage, Cmd: 0x10} // §34.1
	ReadFRUData                    = Op{NetFn: NetFnStorage, Cmd: 0x11} // §34.2
	WriteFRUData                   = Op{NetFn: NetFnStorage, Cmd: 0x12} // §34.3
	GetSDRRepositoryInfo           = Op{NetFn: NetFnStorage, Cmd: 0x20} // §33.9
	GetSDRRepositoryAllocationInfo = Op{NetFn: NetFnStorage, Cmd: 0x21} // §33.10
	ReserveSDRRepository           = Op{NetFn: NetFnStorage, Cmd: 0x22} // §33.11
	GetSDR                         = Op{NetFn: NetFnStorage, Cmd: 0x23} // §33.12
	AddSDR                         = Op{NetFn: NetFnStorage, Cmd: 0x24} // §33.13
	PartialAddSDR                  = Op{NetFn: NetFnStorage, Cmd: 0x25} // §33.14
	DeleteSDR                      = Op{NetFn: NetFnStorage, Cmd: 0x26} // §33.15
	ClearSDRRepository             = Op{NetFn: NetFnStorage, Cmd: 0x27} // §33.16
	GetSDRRepositoryTime           = Op{NetFn: NetFnStorage, Cmd: 0x28} // §33.17
	SetSDRRepositoryTime           = Op{NetFn: NetFnStorage, Cmd: 0x29} // §33.18
	EnterSDRRepositoryUpdateMode   = Op{NetFn: NetFnStorage, Cmd: 0x2a} // §33.19
	ExitSDRRepositoryUpdateMode    = Op{NetFn: NetFnStorage, Cmd: 0x2b} // §33.20
	RunInitializationAgent         = Op{NetFn: NetFnStorage, Cmd: 0x2c} // §33.21
	GetSELInfo                     = Op{NetFn: NetFnStorage, Cmd: 0x40} // §31.2
	GetSELAllocationInfo           = Op{NetFn: NetFnStorage, Cmd: 0x41} // §31.3
	ReserveSEL                     = Op{NetFn: NetFnStorage, Cmd: 0x42} // §31.4
	GetSELEntry                    = Op{NetFn: NetFnStorage, Cmd: 0x43} // §31.5
	AddSELEntry                    = Op{NetFn: NetFnStorage, Cmd: 0x44} // §31.6
	PartialAddSELEntry             = Op{NetFn: NetFnStorage, Cmd: 0x45} // §31.7
	DeleteSELEntry                 = Op{NetFn: NetFnStorage, Cmd: 0x46} // §31.8
	ClearSEL                       = Op{NetFn: NetFnStorage, Cmd: 0x47} // §31.9
	GetSELTime                     = Op{NetFn: NetFnStorage, Cmd: 0x48} // §31.10
	SetSELTime                     = Op{NetFn: NetFnStorage, Cmd: 0x49} // §31.11
	GetAuxiliaryLogStatus          = Op{NetFn: NetFnStorage, Cmd: 0x5a} // §31.12
	SetAuxiliaryLogStatus          = Op{NetFn: NetFnStorage, Cmd: 0x5b} // §31.13
	GetSELTimeUTCOffset            = Op{NetFn: NetFnStorage, Cmd: 0x5c} // §31.11a
	SetSELTimeUTCOffset            = Op{NetFn: NetFnStorage, Cmd: 0x5d} // §31.11b
)

// Transport commands. [IPMI 2.0 App. G, Table G-1]
var (
	SetLANConfigurationParameters = Op{NetFn: NetFnTransport, Cmd: 0x01} // §23.1
	GetLANConfigurationParameters = Op{NetFn: NetFnTransport, Cmd: 0x02} // §23.2
	SuspendBMCARPs                = Op{NetFn: NetFnTransport, Cmd: 0x03} // §23.3
	GetIPUDPRMCPStatistics        = Op{NetFn: NetFnTransport, Cmd: 0x04} // §23.4
	SetSerialModemConfiguration   = Op{NetFn: NetFnTransport, Cmd: 0x10} // §25.1
	GetSerialModemConfiguration   = Op{NetFn: NetFnTransport, Cmd: 0x11} // §25.2
	SetSerialModemMux             = Op{NetFn: NetFnTransport, Cmd: 0x12} // §25.3
	GetTAPResponseCodes           = Op{NetFn: NetFnTransport, Cmd: 0x13} // §25.4
	SetPPPUDPProxyTransmitData    = Op{NetFn: NetFnTransport, Cmd: 0x14} // §25.5
	GetPPPUDPProxyTransmitData    = Op{NetFn: NetFnTransport, Cmd: 0x15} // §25.6
	SendPPPUDPProxyPacket         = Op{NetFn: NetFnTransport, Cmd: 0x16} // §25.7
	GetPPPUDPProxyReceiveData     = Op{NetFn: NetFnTransport, Cmd: 0x17} // §25.8
	SerialModemConnectionActive   = Op{NetFn: NetFnTransport, Cmd: 0x18} // §25.9
	Callback                      = Op{NetFn: NetFnTransport, Cmd: 0x19} // §25.10
	SetUserCallbackOptions        = Op{NetFn: NetFnTransport, Cmd: 0x1a} // §25.11
	GetUserCallbackOptions        = Op{NetFn: NetFnTransport, Cmd: 0x1b} // §25.12
	SetSerialRoutingMux           = Op{NetFn: NetFnTransport, Cmd: 0x1c} // §25.13
	SOLActivating                 = Op{NetFn: NetFnTransport, Cmd: 0x20} // §26.1
	SetSOLConfigurationParameters = Op{NetFn: NetFnTransport, Cmd: 0x21} // §26.2
	GetSOLConfigurationParameters = Op{NetFn: NetFnTransport, Cmd: 0x22} // §26.3
	ForwardedCommand              = Op{NetFn: NetFnTransport, Cmd: 0x30} // §35b.4
	SetForwardedCommands          = Op{NetFn: NetFnTransport, Cmd: 0x31} // §35b.2
	GetForwardedCommands          = Op{NetFn: NetFnTransport, Cmd: 0x32} // §35b.1
	EnableForwardedCommands       = Op{NetFn: NetFnTransport, Cmd: 0x33} // §35b.3
)

// DCMI commands. [DCMI §6]
var (
	GetDCMICapabilitiesInfo                 = Op{NetFn: NetFnGroup, Body: BodyDCMI, Cmd: 0x01} // DCMI 6.1.1
	GetPowerReading                         = Op{NetFn: NetFnGroup, Body: BodyDCMI, Cmd: 0x02} // DCMI 6.6.1
	GetPowerLimit                           = Op{NetFn: NetFnGroup, Body: BodyDCMI, Cmd: 0x03} // DCMI 6.6.2
	SetPowerLimit                           = Op{NetFn: NetFnGroup, Body: BodyDCMI, Cmd: 0x04} // DCMI 6.6.3
	ActivateDeactivatePowerLimit            = Op{NetFn: NetFnGroup, Body: BodyDCMI, Cmd: 0x05} // DCMI 6.6.4
	GetAssetTag                             = Op{NetFn: NetFnGroup, Body: BodyDCMI, Cmd: 0x06} // DCMI 6.4.2
	GetDCMISensorInfo                       = Op{NetFn: NetFnGroup, Body: BodyDCMI, Cmd: 0x07} // DCMI 6.5.2
	SetAssetTag                             = Op{NetFn: NetFnGroup, Body: BodyDCMI, Cmd: 0x08} // DCMI 6.4.3
	GetManagementControllerIdentifierString = Op{NetFn: NetFnGroup, Body: BodyDCMI, Cmd: 0x09} // DCMI 6.4.6.1
	SetManagementControllerIdentifierString = Op{NetFn: NetFnGroup, Body: BodyDCMI, Cmd: 0x0a} // DCMI 6.4.6.2
	SetThermalLimit                         = Op{NetFn: NetFnGroup, Body: BodyDCMI, Cmd: 0x0b} // DCMI 6.7.2
	GetThermalLimit                         = Op{NetFn: NetFnGroup, Body: BodyDCMI, Cmd: 0x0c} // DCMI 6.7.1
	GetTemperatureReadings                  = Op{NetFn: NetFnGroup, Body: BodyDCMI, Cmd: 0x10} // DCMI 6.7.3
	SetDCMIConfigurationParameters          = Op{NetFn: NetFnGroup, Body: BodyDCMI, Cmd: 0x12} // DCMI 6.1.2
	GetDCMIConfigurationParameters          = Op{NetFn: NetFnGroup, Body: BodyDCMI, Cmd: 0x13} // DCMI 6.1.3
)
